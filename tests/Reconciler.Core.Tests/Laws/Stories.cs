using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Reconciler.Core.Tests.Laws;

/// <summary>
/// Generates what can be heard of one payout. Instants, bodies, delivery ids and amounts come from small sets, so that they collide:
/// equal times, equal digests and repeated deliveries are the rule here, not the exception.
/// </summary>
internal static class Stories
{
    public static readonly PayoutId Id = PayoutId.Parse("zopay-live/p-1");

    public static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static readonly Expectation Ordered =
        new("salary-7", Money.Of(5000, "XOF"), RecipientMask.Mask("+221771234567", "key"u8), InitiatedAt: null, Metadata: null);

    private static readonly Guid OverdueCase = new("00000000-0000-8000-8000-00000000000d");

    public static Gen<DateTimeOffset> Instant { get; } = Gen.Choose(0, 6).Select(minutes => Noon.AddMinutes(minutes));

    public static Gen<EvidenceDigest> Digest { get; } = Gen.Choose(0, 9).Select(body => EvidenceDigest.Of(Encoding.UTF8.GetBytes($"body {body}")));

    public static Gen<Observation> Observation { get; } =
        from status in Gen.Elements(Enum.GetValues<ObservedStatus>())
        from word in Gen.Elements("DONE", "odd", "IN_LIMBO")
        from amount in Gen.Elements<Money?>(null, null, Money.Of(5000, "XOF"), Money.Of(5000, "XOF"), Money.Of(5000, "XAF"), Money.Of(4999.5m, "GHS"))
        from number in Gen.Elements(null, null, "221771234567", "+221 77 123 45 67", "221770000000")
        from operatorId in Gen.Elements(null, "op-1")
        from failure in Gen.Elements(null, Failure.Of(FailureCode.Other, "E1", "no"), Failure.Of(FailureCode.MerchantFunds, "E2", null))
        from occurred in Gen.Elements<DateTimeOffset?>(null, Noon, Noon.AddSeconds(1))
        select new Observation(status, word, amount, number is null ? null : RecipientMask.Mask(number, "key"u8), null, operatorId, failure, occurred);

    public static Gen<PayoutEvent> Webhook { get; } =
        from at in Instant
        from digest in Digest
        from observation in Observation
        from verified in Gen.Elements(true, true, true, false)
        from delivery in Gen.Elements(null, "d-1", "d-2", "d-3")
        from verifyFinal in Gen.Elements(Enum.GetValues<VerifyFinal>())
        select (PayoutEvent)new WebhookReceived(Id, at, digest, observation, verified, verified ? "2026-11" : null, delivery, verifyFinal);

    public static Gen<PayoutEvent> Poll { get; } =
        from at in Instant
        from digest in Digest
        from observation in Observation
        from read in Gen.Elements(true, true, true, false)
        from pastGrace in Gen.Elements(true, false)
        select (PayoutEvent)new PollAnswered(Id, at, digest, 200, read ? observation : null, read ? null : "HTML", pastGrace);

    /// <summary>What people may decide; null: they accept a disagreement as it is.</summary>
    public static Gen<PayoutStatus?> Outcome { get; } =
        Gen.Elements<PayoutStatus?>(null, PayoutStatus.Succeeded, PayoutStatus.Failed, PayoutStatus.Cancelled, PayoutStatus.Expired);

    private static Gen<PayoutEvent> Announced { get; } = Instant.Select(at => (PayoutEvent)new PayoutExpected(Id, at, Ordered));

    private static Gen<PayoutEvent> PastTheDeadline { get; } =
        Instant.Select(at => (PayoutEvent)new DiscrepancyOpened(Id, at, OverdueCase, DiscrepancyKind.Overdue, [], "Too late."));

    private static Gen<PayoutEvent> Resolved { get; } =
        from at in Instant
        from id in Gen.Choose(1, 3)
        from outcome in Outcome
        from settles in Gen.ArrayOf(Settled, 3)
        from seen in Gen.ArrayOf(Seen, 3)
        from isSeenWritten in Gen.Elements(true, true, false)
        select (PayoutEvent)new ResolutionApproved(Id, at, new Guid(id, 0, 0, new byte[8]), outcome, "rk_2", [.. settles], isSeenWritten ? [.. seen] : null);

    private static Gen<SeenFinal> Seen =>
        from source in Gen.Elements(Enum.GetValues<ClaimSource>())
        from status in Gen.Elements(PayoutStatus.Succeeded, PayoutStatus.Failed)
        select new SeenFinal(source, status);

    private static Gen<SettledDiscrepancy> Settled =>
        from kind in Gen.Elements(Enum.GetValues<DiscrepancyKind>())
        from evidence in Gen.ArrayOf(Digest, 4)
        select new SettledDiscrepancy(kind, [.. evidence]);

    /// <summary>Webhooks and polls of one payout, perhaps announced, perhaps past its deadline.</summary>
    public static Arbitrary<Story> WithoutPeople { get; } = Told(Gen.Constant<PayoutEvent[]>([]));

    /// <summary>The same, and perhaps resolved, once or twice.</summary>
    public static Arbitrary<Story> Any { get; } = Told(
        from count in Gen.Elements(0, 0, 1, 2)
        from approvals in Gen.ArrayOf(Resolved, count)
        select approvals.DistinctBy(approval => ((ResolutionApproved)approval).Resolution).ToArray());

    private static Arbitrary<Story> Told(Gen<PayoutEvent[]> people) => Arb.From(
        from words in Gen.ListOf(Gen.OneOf(Webhook, Poll))
        from announced in Gen.ArrayOf(Announced, 1)
        from isAnnounced in Gen.Elements(true, true, false)
        from late in Gen.ArrayOf(PastTheDeadline, 1)
        from isLate in Gen.Elements(true, false, false)
        from decided in people
        from inOrder in Gen.Shuffle<PayoutEvent>([.. words, .. isAnnounced ? announced : [], .. isLate ? late : [], .. decided])
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select new Story([.. inOrder], seed),
        story => story.Shorter());
}
