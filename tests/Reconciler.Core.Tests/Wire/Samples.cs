using System.Collections.Immutable;

namespace Reconciler.Core.Tests.Wire;

/// <summary>One event of each kind with every member set, and one with as few as there can be.</summary>
internal static class Samples
{
    private static readonly PayoutId Id = PayoutId.Parse("zopay-live/6f1c/é");
    private static readonly DateTimeOffset At = new DateTimeOffset(2026, 11, 21, 10, 0, 0, TimeSpan.Zero).AddTicks(1_234_560);
    private static readonly DateTimeOffset Earlier = new(2026, 11, 21, 9, 59, 30, TimeSpan.Zero);
    private static readonly EvidenceDigest First = EvidenceDigest.Of("one"u8);
    private static readonly EvidenceDigest Second = EvidenceDigest.Of("two"u8);
    private static readonly Guid Named = new("019aa5c0-0000-7000-8000-000000000001");
    private static readonly Recipient Masked = new("+221•••••4567", "00112233445566778899aabbccddeeff");

    private static readonly Guid Other = new("019aa5c0-0000-7000-8000-000000000002");
    private static readonly Guid Another = new("019aa5c0-0000-7000-8000-000000000003");

    private static readonly Observation Full = new(
        ObservedStatus.Failed, "FAILED", Money.Of(1250.5m, "GHS"), Masked, "salary-7", "op-1",
        new Failure(FailureCode.MerchantFunds, "Insufficient funds", "Top up"), Earlier);

    private static readonly Observation Bare = new(ObservedStatus.NotFound, "", null, null, null, null, null, null);

    public static ImmutableArray<(string Name, PayoutEvent Event)> Events { get; } =
    [
        ("payout_expected.full", new PayoutExpected(Id, At, new Expectation("salary-7", Money.Of(5000, "XOF"), Masked, Earlier,
            ImmutableSortedDictionary<string, string>.Empty.Add("Batch", "11").Add("cost centre", "Dakar")))),
        ("payout_expected.sealed", new PayoutExpected(Id, At, new Expectation("salary-7", Money.Of(5000, "XOF"), Masked, Earlier, null, "AQAAAAE="))),
        ("payout_expected.bare", new PayoutExpected(Id, At, new Expectation("salary-7", Money.Of(5000, "XOF"), null, null, null))),
        ("webhook_received.full", new WebhookReceived(Id, At, First, Full, Verified: true, "2026-11", "d-1", VerifyFinal.Contested)),
        ("webhook_received.bare", new WebhookReceived(Id, At, First, Bare, Verified: false, null, null, VerifyFinal.Always)),
        ("poll_answered.full", new PollAnswered(Id, At, Second, 200, Full, "Two answers in one.", PastGrace: true)),
        ("poll_answered.bare", new PollAnswered(Id, At, Second, 404, null, null, PastGrace: false)),
        ("payout_status_changed.full", new PayoutStatusChanged(Id, At, PayoutStatus.Processing, PayoutStatus.Cancelled, Confidence.Confirmed,
            DerivationRule.PollFinal, 3, [First, Second], Full.Failure, Earlier)),
        ("payout_status_changed.bare", new PayoutStatusChanged(Id, At, null, PayoutStatus.Pending, Confidence.Expected,
            DerivationRule.NotFinal, 1, [], null, At)),
        ("discrepancy_opened.full", new DiscrepancyOpened(Id, At, Named, DiscrepancyKind.AmountMismatch, [First, Second],
            "Expected the amount 5000; the evidence says 4999.5.")),
        ("discrepancy_opened.bare", new DiscrepancyOpened(Id, At, Named, DiscrepancyKind.Overdue, [], "Too late.")),
        ("discrepancy_closed", new DiscrepancyClosed(Id, At, Named, DiscrepancyKind.Overdue, "A final word came.")),
        ("resolution_proposed", new ResolutionProposed(Id, At, Named, PayoutStatus.Failed, "The operator's statement shows no debit.", "rk_1")),
        ("resolution_proposed.acceptance", new ResolutionProposed(Id, At, Other, null, "The fee was ours to pay.", "user:ada", Named, At.AddDays(7))),
        ("resolution_approved.acceptance", new ResolutionApproved(Id, At, Other, null, "user:grace",
            [new SettledDiscrepancy(DiscrepancyKind.AmountMismatch, [Second])], null, "Agreed.")),
        ("resolution_proposed.of_a_case", new ResolutionProposed(Id, At, Another, PayoutStatus.Expired, "Never left.", "user:ada", Named, At.AddDays(7))),
        ("resolution_approved.seen", new ResolutionApproved(Id, At, Other, PayoutStatus.Expired, "user:grace", [],
            [new SeenFinal(ClaimSource.Webhook, PayoutStatus.Failed), new SeenFinal(ClaimSource.Poll, PayoutStatus.Succeeded)])),
        ("discrepancy_closed.by_people", new DiscrepancyClosed(Id, At, Another, DiscrepancyKind.AmountMismatch, "Two people accepted it as it is.", Other)),
        ("resolution_approved.full", new ResolutionApproved(Id, At, Named, PayoutStatus.Failed, "rk_2",
            [new SettledDiscrepancy(DiscrepancyKind.Contradiction, [First, Second]), new SettledDiscrepancy(DiscrepancyKind.Overdue, [])])),
        ("resolution_approved.bare", new ResolutionApproved(Id, At, Named, PayoutStatus.Expired, "rk_2", [])),
        ("resolution_rejected", new ResolutionRejected(Id, At, Named, "The debit came today.", "rk_2")),
    ];

    public static Payout State { get; } = Events.Aggregate((Payout?)null, (payout, one) => Payout.Evolve(payout, one.Event))!;
}
