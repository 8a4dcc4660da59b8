namespace Reconciler.Core.Tests.Laws;

public class Evidence_is_a_set
{
    [Fact]
    public void Any_order_and_any_repetition_of_the_same_evidence_means_the_same() => Law.HoldsFor(Stories.Any, story =>
        Story.Meaning(Story.Tell(story.ToldDifferently()).Payout).ShouldBe(Story.Meaning(Story.Tell(story.Happenings).Payout)));

    [Fact]
    public void State_that_was_stored_and_read_between_any_two_happenings_means_the_same() => Law.HoldsFor(Stories.Any, story =>
    {
        Payout? payout = null;
        foreach (var happened in story.Happenings)
        {
            var after = Decisions.On(payout, happened).Payout;
            payout = PayoutState.Read(after.Id, PayoutState.Write(after));
        }

        var told = Story.Tell(story.Happenings).Payout;
        Story.Meaning(payout).ShouldBe(Story.Meaning(told));
        if (told is not null) Story.Text(payout!).ShouldBe(Story.Text(told));
    });

    [Fact]
    public void The_state_is_the_fold_of_the_events_that_were_emitted() => Law.HoldsFor(Stories.Any, story =>
    {
        var told = Story.Tell(story.Happenings);
        Payout? replayed = null;
        foreach (var happened in told.Events) replayed = Payout.Evolve(replayed, happened);
        (replayed is null).ShouldBe(told.Payout is null);
        if (replayed is not null) Story.Text(replayed).ShouldBe(Story.Text(told.Payout!));
    });

    [Fact]
    public void What_is_known_already_yields_no_consequence() => Law.HoldsFor(Stories.Any, story =>
    {
        var payout = Story.Tell(story.Happenings).Payout;
        foreach (var happened in story.Happenings)
        {
            var again = Decisions.On(payout, happened);
            // A deadline that passes again opens its case again, and closes it at once: it is no evidence, and whoever keeps the clock asks first.
            if (happened is not DiscrepancyOpened) again.Events.ShouldBe([happened]);
            payout = again.Payout;
        }
    });

    [Fact]
    public void The_status_is_what_the_four_rules_say_of_the_set() => Law.HoldsFor(Stories.Any, story =>
    {
        if (story.Happenings.IsEmpty) return;
        var (status, confidence, rule) = FourRules.Of(story.Happenings);
        var derived = Derivation.Derive(Story.Tell(story.Happenings).Payout!);
        (derived.Status, derived.Confidence, derived.Rule).ShouldBe((status, confidence, rule));
    });
}
