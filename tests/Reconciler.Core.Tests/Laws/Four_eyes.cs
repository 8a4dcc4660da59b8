using FsCheck.Fluent;

namespace Reconciler.Core.Tests.Laws;

public class Four_eyes
{
    [Fact]
    public void Nobody_decides_on_a_proposal_of_their_own() => EachDecision((proposed, decided, _) =>
        (decided as ResolutionApproved)?.By.ShouldNotBe(proposed.By));

    [Fact]
    public void A_stale_or_expired_proposal_never_lands() => EachDecision((proposed, decided, between) =>
    {
        between.ShouldNotContain(one => one is WebhookReceived && ((WebhookReceived)one).Verified, "a webhook came since");
        if (decided is ResolutionApproved) decided.ObservedAt.ShouldBeLessThan(proposed.ExpiresAt!.Value.AddMinutes(1));
    });

    [Fact]
    public void What_a_decision_was_made_on_is_what_was_proposed_on() => Law.HoldsFor(People.Any, people =>
    {
        var before = new Dictionary<Guid, string>();
        people.Run(seen: (payout, decided) =>
        {
            if (decided.Events[0] is ResolutionProposed proposed) before[proposed.Resolution] = Claims(payout!);
            if (decided.Events[0] is ResolutionApproved approved) Claims(payout!).ShouldBe(before[approved.Resolution]);
        });
    });

    [Fact]
    public void A_proposal_is_decided_at_most_once() => Law.HoldsFor(People.Any, people =>
    {
        var decided = new HashSet<Guid>();
        people.Run(seen: (_, appended) =>
        {
            if (appended.Events[0] is ResolutionApproved or ResolutionRejected) decided.Add(Named(appended.Events[0])).ShouldBeTrue();
        });
    });

    [Fact]
    public void A_word_comes_to_an_event_or_to_a_refusal_never_to_both() => Law.HoldsFor(People.Any, people =>
        people.Run(judged: (_, verdict) => (verdict.Event is null).ShouldBe(verdict.Refusal is not null)));

    [Fact]
    public void After_an_outcome_the_status_is_that_whatever_comes_until_people_decide_again() => Law.HoldsFor(People.Any, people =>
    {
        PayoutStatus? outcome = null;
        people.Run(seen: (_, decided) =>
        {
            if (decided.Events[0] is ResolutionApproved { Outcome: { } now }) outcome = now;
            if (outcome is null) return;
            decided.Payout.Status.ShouldBe(outcome);
            Derivation.Derive(decided.Payout).Confidence.ShouldBe(Confidence.Resolved);
        });
    });

    [Fact]
    public void What_people_decide_settles_what_they_had_before_them() => Law.HoldsFor(People.Any, people =>
        people.Run(seen: (before, decided) =>
        {
            if (decided.Events[0] is not ResolutionApproved approved) return;
            var about = before!.Pending.Single(known => known.Id == approved.Resolution).Discrepancy;
            decided.Payout.Cases.Single(known => known.Id == about).Open.ShouldBeFalse();
            if (approved.Outcome is not null) decided.Payout.OpenCases.ShouldBeEmpty();
            else decided.Payout.Status.ShouldBe(before.Status);
            decided.Events.OfType<DiscrepancyClosed>().ShouldAllBe(closed => closed.Resolution == approved.Resolution);
        }));

    [Fact]
    public void A_final_that_differs_and_that_people_had_not_seen_opens_a_case_however_old_it_is() => Law.HoldsFor(
        Gen.Zip(People.Any.Generator, Stories.Webhook).ToArbitrary(), both =>
        {
            var approvals = new List<ResolutionApproved>();
            var payout = both.Item1.Run(seen: (_, decided) =>
            {
                if (decided.Events[0] is ResolutionApproved { Outcome: not null } approved) approvals.Add(approved);
            });
            if (approvals.Count == 0 || both.Item2 is not WebhookReceived { Verified: true } webhook) return;
            var isNew = webhook.Observation.Status.Claim() is { } said && said.IsFinal() && said != payout!.Status
                && payout.Claims.All.All(known => known.Status != said);
            Decisions.On(payout, webhook).Payout.Status.ShouldBe(payout!.Status);
            // Other bytes than any before it: the same ones would have said the same.
            var after = Decisions.On(payout, webhook with { Digest = EvidenceDigest.Of("bytes that nobody had seen"u8) }).Payout;
            after.Status.ShouldBe(payout.Status);
            if (isNew) after.OpenCases.Select(known => known.Kind).ShouldContain(DiscrepancyKind.Contradiction);
        });

    [Fact]
    public void Evidence_told_in_any_order_around_the_decisions_means_the_same() => Law.HoldsFor(
        Gen.Zip(People.Any.Generator, Gen.Choose(0, int.MaxValue - 1)).ToArbitrary(), both =>
        {
            var happenings = new List<PayoutEvent>();
            both.Item1.Run(seen: (_, decided) => happenings.Add(decided.Events[0]));
            var words = happenings.Where(one => one is WebhookReceived or PollAnswered or ResolutionApproved);
            var story = new Story([.. words], both.Item2);
            Story.Meaning(Story.Tell(story.ToldDifferently()).Payout).ShouldBe(Story.Meaning(Story.Tell(story.Happenings).Payout));
        });

    [Fact]
    public void At_most_one_proposal_waits_for_a_case_and_only_while_it_is_open() => Law.HoldsFor(People.Any, people =>
        people.Run(seen: (_, decided) =>
        {
            decided.Payout.Pending.Select(known => known.Discrepancy).ShouldBeUnique();
            decided.Payout.Pending.ShouldAllBe(known => decided.Payout.OpenCases.Any(open => open.Id == known.Discrepancy));
        }));

    [Fact]
    public void A_payout_is_stored_and_read_with_what_people_propose_and_decided() => Law.HoldsFor(People.Any, people =>
        people.Run(seen: (_, decided) =>
            Story.Text(PayoutState.Read(decided.Payout.Id, PayoutState.Write(decided.Payout))).ShouldBe(Story.Text(decided.Payout))));

    /// <summary>Each approval or rejection, with its proposal and what was appended between the two.</summary>
    private static void EachDecision(Action<ResolutionProposed, PayoutEvent, List<PayoutEvent>> law) => Law.HoldsFor(People.Any, people =>
    {
        var log = new List<PayoutEvent>();
        people.Run(seen: (_, decided) => log.AddRange(decided.Events));
        foreach (var decided in log.Where(one => one is ResolutionApproved or ResolutionRejected))
        {
            var proposed = log.FindIndex(one => one is ResolutionProposed made && made.Resolution == Named(decided));
            law((ResolutionProposed)log[proposed], decided, log[(proposed + 1)..log.IndexOf(decided)]);
        }
    });

    private static Guid Named(PayoutEvent decided) => decided is ResolutionApproved approved ? approved.Resolution : ((ResolutionRejected)decided).Resolution;

    private static string Claims(Payout payout) => Story.Text(payout.Claims);
}
