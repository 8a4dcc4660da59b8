using Reconciler.Simulator.Connections;
using Reconciler.Simulator.Playing;

namespace Reconciler.Simulator.Webhooks;

/// <summary>One webhook to be signed. The body that is sent may be another one: that is what altering means.</summary>
/// <param name="Forged">Signed with a secret or key that is not the provider's.</param>
public sealed record WebhookMessage(
    SimConnection Connection, Uri Url, Claim Claim, byte[] SignedBody, string DeliveryId, DateTimeOffset StampedAt, bool Forged)
{
    /// <summary>The shared secret that this message is signed with.</summary>
    public string Secret => Forged ? Connection.ForgersSecret : Connection.WebhookSecret;
}
