using System.Collections.Immutable;
using Reconciler.Providers;

namespace Reconciler.Connections;

/// <summary>What of a connection is never shown again.</summary>
/// <param name="Credentials">By the provider's names.</param>
/// <param name="Webhook">In the operator's order.</param>
internal sealed record ConnectionSecrets(ImmutableSortedDictionary<string, Secret> Credentials, ImmutableArray<WebhookSecret> Webhook)
{
    public static ConnectionSecrets None { get; } = new(ImmutableSortedDictionary.Create<string, Secret>(StringComparer.Ordinal), []);

    public bool SameAs(ConnectionSecrets other) =>
        Credentials.SequenceEqual(other.Credentials) && Webhook.SequenceEqual(other.Webhook);
}
