using System.Text;
using Reconciler.Appending;
using Reconciler.Core;

namespace Reconciler.Tests.Finance;

/// <summary>Words of a provider's, as the append path takes them.</summary>
internal static class Evidences
{
    internal static readonly ConnectionKey Connection = ConnectionKey.Parse("zopay-test");

    internal static KeepDelivery Heard(
        string id, ObservedStatus status, DateTimeOffset at, DateTimeOffset? occurredAt = null, VerifyFinal verifyFinal = VerifyFinal.Contested)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"event":"payout.{{status.Word()}}","payout":"{{id}}"}""");
        var payout = PayoutId.Parse($"{Connection}/{id}");
        var digest = EvidenceDigest.Of(body);
        return new KeepDelivery(
            new Evidence(Connection, Provider.Zopay, digest, EvidenceKind.Delivery, payout.StreamId, body, "application/json",
                """{"x-zo-delivery-id":["d-1"]}"""u8.ToArray(), null, "2026-11", $"d-{id}-{status.Word()}", null, at),
            new WebhookReceived(payout, at, digest, Observation(status, occurredAt), Verified: true, "2026-11", $"d-{id}-{status.Word()}", verifyFinal),
            PollingPolicy.Default with { VerifyFinal = verifyFinal });
    }

    internal static KeepAnswer Answered(string id, ObservedStatus status, DateTimeOffset at, DateTimeOffset? occurredAt = null)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"status":"{{status.Word()}}","payout":"{{id}}"}""");
        var payout = PayoutId.Parse($"{Connection}/{id}");
        var digest = EvidenceDigest.Of(body);
        return new KeepAnswer(
            new Evidence(Connection, Provider.Zopay, digest, EvidenceKind.Answer, payout.StreamId, body, "application/json", null, 200, null, null, null, at),
            new PollAnswered(payout, at, digest, 200, Observation(status, occurredAt), null, PastGrace: false),
            PollingPolicy.Default);
    }

    private static Observation Observation(ObservedStatus status, DateTimeOffset? occurredAt) => new(
        status, status.Word().ToUpperInvariant(), Money.Of(5000, "XOF"), new Recipient("+221•••••4567", new string('0', 32)), null, "MM-77",
        status == ObservedStatus.Failed ? Failure.Of(FailureCode.RecipientInvalid, "R1", "No such number") : null, occurredAt);
}
