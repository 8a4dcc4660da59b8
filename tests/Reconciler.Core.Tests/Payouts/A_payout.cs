using System.Collections.Immutable;
using System.Text;
using Reconciler.Core.Tests.Laws;

namespace Reconciler.Core.Tests.Payouts;

/// <summary>Arranges a payout by what happened to it: each word comes at its own minute and in its own bytes.</summary>
internal sealed class A_payout
{
    public static readonly PayoutId Id = Stories.Id;

    private int bodies;

    public Payout? State { get; private set; }

    public PayoutEvent Last { get; private set; } = null!;

    /// <summary>When the last happening came: no earlier than those before it, whenever it was observed.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>What came of the last happening, the happening itself included.</summary>
    public ImmutableArray<PayoutEvent> Events { get; private set; } = [];

    public IEnumerable<DiscrepancyKind> Open => State!.OpenCases.Select(known => known.Kind);

    public static DateTimeOffset Minute(int minutes) => Stories.Noon.AddMinutes(minutes);

    public A_payout Announced(int at, Expectation? expectation = null) => On(new PayoutExpected(Id, Minute(at), expectation ?? Stories.Ordered));

    public A_payout Heard(int at, ObservedStatus status, VerifyFinal verifyFinal = VerifyFinal.Contested, Money? amount = null, string? deliveryId = null) =>
        On(new WebhookReceived(Id, Minute(at), NextBody(), Saying(status, amount), Verified: true, "2026-11", deliveryId, verifyFinal));

    public A_payout Nudged(int at, ObservedStatus status) =>
        On(new WebhookReceived(Id, Minute(at), NextBody(), Saying(status, null), Verified: false, null, null, VerifyFinal.Always));

    public A_payout Answered(int at, ObservedStatus status, Money? amount = null, bool pastGrace = false) =>
        On(new PollAnswered(Id, Minute(at), NextBody(), 200, Saying(status, amount), null, pastGrace));

    public A_payout AnsweredNothing(int at) => On(new PollAnswered(Id, Minute(at), NextBody(), 200, null, "HTML", PastGrace: false));

    public A_payout PastTheDeadline(int at) => On(Decisions.Overdue(State!, Minute(at)));

    /// <summary>People decide, with all that is open before them.</summary>
    public A_payout Resolved(int at, PayoutStatus outcome)
    {
        var open = Discrepancies.Of(State!, Derivation.Derive(State!));
        return On(new ResolutionApproved(Id, Minute(at), Guid.CreateVersion7(Minute(at)), outcome, "rk_2",
            [.. open.Select(one => new SettledDiscrepancy(one.Kind, one.Evidence))]));
    }

    public A_payout On(PayoutEvent happened)
    {
        var decided = Decisions.On(State, happened);
        (State, Last, Events) = (decided.Payout, happened, decided.Events);
        Now = happened.ObservedAt > Now ? happened.ObservedAt : Now;
        return this;
    }

    private EvidenceDigest NextBody() => EvidenceDigest.Of(Encoding.UTF8.GetBytes($"body {bodies++}"));

    private static Observation Saying(ObservedStatus status, Money? amount) =>
        new(status, status.Word(), amount, null, null, null, null, null);
}
