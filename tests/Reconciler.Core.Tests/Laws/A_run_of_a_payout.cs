namespace Reconciler.Core.Tests.Laws;

public class A_run_of_a_payout
{
    [Fact]
    public void A_final_status_never_turns_not_final() => Law.HoldsFor(Stories.Any, story =>
    {
        foreach (var move in Moves(story))
            if (move.From?.IsFinal() == true) move.To.IsFinal().ShouldBeTrue();
    });

    [Fact]
    public void Each_move_counts_one_up_and_begins_where_the_last_one_ended() => Law.HoldsFor(Stories.Any, story =>
    {
        var moves = Moves(story);
        moves.Select(move => move.StatusVersion).ShouldBe(Enumerable.Range(1, moves.Count).Select(count => (long)count));
        moves.Select(move => move.From).ShouldBe(moves.Select(move => (PayoutStatus?)move.To).Prepend(null).SkipLast(1).Take(moves.Count));
        moves.ShouldAllBe(move => move.From != move.To);
    });

    [Fact]
    public void A_move_stands_right_after_what_caused_it() => Law.HoldsFor(Stories.Any, story =>
    {
        var events = Story.Tell(story.Happenings).Events;
        for (var at = 0; at < events.Length; at++)
            if (events[at] is PayoutStatusChanged) events[at - 1].ShouldBeOneOf([.. story.Happenings]);
    });

    [Fact]
    public void What_is_no_claim_never_moves_a_status() => Law.HoldsFor(Stories.Any, story =>
    {
        Payout? payout = null;
        foreach (var happened in story.Happenings)
        {
            var decided = Decisions.On(payout, happened);
            var isClaim = happened switch
            {
                WebhookReceived webhook => webhook.Verified && webhook.Observation.Status.Claim() is not null,
                PollAnswered poll => poll.Observation?.Status.Claim() is not null,
                ResolutionApproved => true,
                _ => false,
            };
            if (!isClaim)
            {
                decided.Payout.Status.ShouldBe(payout?.Status ?? PayoutStatus.Pending);
                (decided.Payout.FinalAt is null || payout is not null).ShouldBeTrue();
            }

            payout = decided.Payout;
        }
    });

    [Fact]
    public void Under_always_no_webhook_alone_makes_a_final() => Law.HoldsFor(Stories.WithoutPeople, story =>
    {
        var webhooks = story.Happenings.Where(one => one is not PollAnswered)
            .Select(one => one is WebhookReceived webhook ? webhook with { VerifyFinal = VerifyFinal.Always } : one);
        Moves(story with { Happenings = [.. webhooks] }).ShouldAllBe(move => !move.To.IsFinal());
    });

    [Fact]
    public void A_polls_final_holds_over_any_webhooks() => Law.HoldsFor(Stories.WithoutPeople, story =>
    {
        if (FourRules.Earliest(FourRules.Said(story.Happenings).Where(word => word.ByPoll)) is not { } polled) return;
        Story.Tell(story.Happenings).Payout!.Status.ShouldBe(polled.Status);
    });

    [Fact]
    public void At_most_one_case_of_a_kind_is_open_at_any_time() => Law.HoldsFor(Stories.Any, story =>
    {
        Payout? payout = null;
        foreach (var happened in story.ToldDifferently())
        {
            payout = Decisions.On(payout, happened).Payout;
            payout.OpenCases.Select(known => known.Kind).ShouldBeUnique();
            payout.Cases.Select(known => known.Id).ShouldBeUnique();
        }
    });

    private static List<PayoutStatusChanged> Moves(Story story) => [.. Story.Tell(story.Happenings).Events.OfType<PayoutStatusChanged>()];
}
