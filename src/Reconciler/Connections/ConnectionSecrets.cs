using System.Collections.Immutable;
using Reconciler.Providers;

namespace Reconciler.Connections;

/// <summary>What of a connection is never shown again.</summary>
/// <param name="Credentials">By the provider's names.</param>
/// <param name="Webhook">In the operator's order.</param>
internal sealed record ConnectionSecrets(ImmutableSortedDictionary<string, Secret> Credentials, ImmutableArray<WebhookSecret> Webhook)
{
    public static ConnectionSecrets None { get; } = new(ImmutableSortedDictionary.Create<string, Secret>(StringComparer.Ordinal), []);

    /// <summary>The same secrets, each within the time that the document gives it: values are sealed, times are not.</summary>
    public ConnectionSecrets Within(ConnectionDocument document)
    {
        var times = (document.Webhook?.Secrets ?? []).ToDictionary(secret => secret.Id, StringComparer.Ordinal);
        return this with { Webhook = [.. Webhook.Select(secret => times.TryGetValue(secret.Id, out var time)
            ? secret with { NotBefore = time.NotBefore, NotAfter = time.NotAfter }
            : secret)] };
    }

    public bool SameAs(ConnectionSecrets other) =>
        Credentials.SequenceEqual(other.Credentials) && Webhook.SequenceEqual(other.Webhook);
}
