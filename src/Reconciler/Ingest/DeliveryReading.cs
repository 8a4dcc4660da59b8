using System.Diagnostics;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Providers;

namespace Reconciler.Ingest;

/// <summary>What a delivery says, in our words. At most one of the three.</summary>
/// <param name="Received">What it says of a payout.</param>
/// <param name="Unreadable">Why nothing could be read from it.</param>
/// <param name="IsIgnored">It is understood, and nothing of it is about a payout.</param>
internal readonly record struct DeliveryReading(WebhookReceived? Received, string? Unreadable, bool IsIgnored)
{
    private const int DeliveryIdCharactersMax = 200;

    /// <param name="verifiedBy">The secret or key that signed it; null where nobody could check.</param>
    internal static DeliveryReading Of(OpenConnection connection, Installation installation, Delivery delivery, string? verifiedBy)
    {
        switch (connection.Provider.Read(delivery.Body))
        {
            case Reading.Observed { Statement: var statement }
                when PayoutId.TryCreate(connection.Settings.Key, statement.ProviderPayoutId, out var payout):
                return new DeliveryReading(
                    new WebhookReceived(
                        payout,
                        delivery.ReceivedAt,
                        EvidenceDigest.Of(delivery.Body.Span),
                        statement.Masked(installation.Mask),
                        Verified: verifiedBy is not null,
                        verifiedBy,
                        DeliveryId(connection, delivery),
                        connection.Settings.Polling.VerifyFinal),
                    null, false);
            case Reading.Observed:
                return new DeliveryReading(null, "The payout's id is empty, too long or holds control characters.", false);
            case Reading.Ignored:
                return new DeliveryReading(null, null, true);
            case Reading.Unreadable unreadable:
                return new DeliveryReading(null, unreadable.Reason, false);
            case var reading:
                throw new UnreachableException(reading.GetType().Name);
        }
    }

    // A hint that nothing signs, and that stands in the payout's state: one that is longer than any real one is none.
    private static string? DeliveryId(OpenConnection connection, Delivery delivery) =>
        connection.Provider.DeliveryId(delivery) is { Length: <= DeliveryIdCharactersMax } id ? id : null;
}
