using System.Security.Cryptography;
using System.Text.Json;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Providers;

namespace Reconciler.Ledger.Subscriptions;

/// <summary>One secret of a subscription that signs what is sent. Several may be live at once, while a subscriber changes over.</summary>
/// <param name="Id">The operator's name for it.</param>
internal sealed record SubscriptionSecret(string Id, Secret Secret)
{
    internal const int LiveMax = 5;

    internal static byte[] Seal(SecretBox box, Guid subscription, IReadOnlyList<SubscriptionSecret> secrets) => box.Seal(
        BoundTo(subscription), JsonSerializer.SerializeToUtf8Bytes(secrets.Select(secret => new Stored(secret.Id, secret.Secret.Value)), JsonShapes.Stored));

    /// <exception cref="CryptographicException">Sealed under another key, for another subscription, or altered.</exception>
    internal static IReadOnlyList<SubscriptionSecret> Open(SecretBox box, Guid subscription, byte[] sealedBytes) =>
    [
        .. JsonSerializer.Deserialize<List<Stored>>(box.Open(BoundTo(subscription), sealedBytes), JsonShapes.Stored)!
            .Select(secret => new SubscriptionSecret(secret.Id, new Secret(secret.Secret))),
    ];

    private static string BoundTo(Guid subscription) => $"subscription/{subscription}";

    private sealed record Stored(string Id, string Secret);
}
