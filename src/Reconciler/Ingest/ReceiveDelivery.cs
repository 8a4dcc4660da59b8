using System.Diagnostics;
using System.Net;
using Reconciler.Appending;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Providers;

namespace Reconciler.Ingest;

/// <summary>What the sender of a delivery is told.</summary>
internal enum DeliveryAnswer
{
    /// <summary>200: it is permanent (or was before).</summary>
    Kept,

    /// <summary>200: understood, and nothing of it is about a payout that we follow.</summary>
    Ignored,

    /// <summary>401, whatever was wrong.</summary>
    NotVerified,

    /// <summary>503: the provider's keys cannot be had now, so nothing is known against it.</summary>
    TryAgain,
}

/// <summary>A delivery becomes permanent: verify the raw bytes, digest, parse, append. In this order.</summary>
internal sealed class ReceiveDelivery(Appender appender, Installation installation, RegisteredPayouts registered, RejectLog rejects, DeliveryTally tally)
{
    /// <exception cref="AppendUnavailable">It is not known to be permanent.</exception>
    internal async ValueTask<(DeliveryAnswer Answer, Appended? Appended)> HandleAsync(
        OpenConnection connection, Delivery delivery, IPAddress? remote, CancellationToken cancellation)
    {
        if (!DeliveryAddress.IsAllowed(connection.Settings.Webhook, remote))
        {
            Reject(connection, DeliveryVerdicts.AddressNotAllowed, delivery, remote);
            return (DeliveryAnswer.NotVerified, null);
        }

        var verdict = await connection.Provider.VerifyAsync(delivery, cancellation);
        switch (verdict)
        {
            case Verdict.Refused { Reason: RefusalReason.KeysUnavailable }:
                tally.Note(connection.Settings.Key, RefusalReason.KeysUnavailable.Word());
                return (DeliveryAnswer.TryAgain, null);
            case Verdict.Refused refused:
                Reject(connection, refused.Reason.Word(), delivery, remote);
                return (DeliveryAnswer.NotVerified, null);
            case Verdict.Verified verified:
                return await KeepAsync(connection, delivery, verified.By);
            case Verdict.Unverifiable:
                return await NudgeAsync(connection, delivery, remote, cancellation);
            default:
                throw new UnreachableException(verdict.GetType().Name);
        }
    }

    private async ValueTask<(DeliveryAnswer, Appended?)> KeepAsync(OpenConnection connection, Delivery delivery, string verifiedBy)
    {
        var (received, unreadable, isIgnored) = DeliveryReading.Of(connection, installation, delivery, verifiedBy);
        if (isIgnored)
        {
            tally.Note(connection.Settings.Key, "ignored", verifiedBy);
            return (DeliveryAnswer.Ignored, null);
        }

        var appended = await appender.AppendAsync(new KeepDelivery(
            Kept(connection, delivery, EvidenceKind.Delivery, received, verifiedBy, unreadable), received, connection.Settings.Polling));
        tally.Note(
            connection.Settings.Key, appended.Outcome == AppendOutcome.Duplicate ? "duplicate" : unreadable is null ? "verified" : "unreadable", verifiedBy);
        return (DeliveryAnswer.Kept, appended);
    }

    /// <summary>It only makes a poll due, of a payout that we know; of any other it creates nothing.</summary>
    private async ValueTask<(DeliveryAnswer, Appended?)> NudgeAsync(
        OpenConnection connection, Delivery delivery, IPAddress? remote, CancellationToken cancellation)
    {
        var (received, _, _) = DeliveryReading.Of(connection, installation, delivery, verifiedBy: null);
        if (received is null || !await registered.IsKnownAsync(received.Payout, cancellation))
        {
            Reject(connection, received is null ? "nudge_unreadable" : "nudge_unregistered", delivery, remote);
            return (DeliveryAnswer.Ignored, null);
        }

        var appended = await appender.AppendAsync(new KeepDelivery(
            Kept(connection, delivery, EvidenceKind.Nudge, received, null, null), received, connection.Settings.Polling));
        tally.Note(connection.Settings.Key, appended.Outcome == AppendOutcome.Duplicate ? "nudge_duplicate" : "nudge");
        return (DeliveryAnswer.Kept, appended);
    }

    private void Reject(OpenConnection connection, string reason, Delivery delivery, IPAddress? remote)
    {
        tally.Note(connection.Settings.Key, reason);
        rejects.Add(RejectedDelivery.Of(connection.Settings.Key, reason, delivery, remote?.ToString()));
    }

    private static Evidence Kept(
        OpenConnection connection, Delivery delivery, EvidenceKind kind, WebhookReceived? received, string? verifiedBy, string? unreadable) => new(
        connection.Settings.Key,
        connection.Settings.Provider,
        received?.Digest ?? EvidenceDigest.Of(delivery.Body.Span),
        kind,
        received?.Payout.StreamId,
        delivery.Body.ToArray(),
        delivery.Header("Content-Type"),
        ((RequestHeaders)delivery.Headers).ToKeptJson(),
        HttpStatus: null,
        verifiedBy,
        received?.DeliveryId,
        unreadable,
        delivery.ReceivedAt);
}
