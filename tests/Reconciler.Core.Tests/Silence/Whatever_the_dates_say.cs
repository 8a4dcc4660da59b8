using Reconciler.Core.Tests.Laws;

namespace Reconciler.Core.Tests.Silence;

/// <summary>Words are dated by the clock of the node that heard them, which may be wrong; the schedule goes by the one that all share.</summary>
public class Whatever_the_dates_say
{
    private static readonly PollingPolicy Policy = PollingPolicy.Default;

    // Stories happen within minutes of noon: this is now where clocks are right, a little wrong, and a week off.
    private static readonly int[] MinutesFromNoon = [-10_000, -5, 0, 3, 10, 10_000];

    [Fact]
    public void A_payout_that_is_not_final_is_asked_about_within_the_slowest_step() => AfterEach((payout, _, now, next) =>
    {
        if (payout.Status?.IsFinal() != true && payout.Resolution is null) next.ShouldNotBeNull().ShouldBeLessThanOrEqualTo(now + Policy.Slowest + SilenceSchedule.ClocksDifferMax);
    });

    [Fact]
    public void After_an_answer_nothing_is_asked_at_once() => AfterEach((_, happened, now, next) =>
    {
        if (happened is PollAnswered && next is { } at) at.ShouldBeGreaterThan(now);
    });

    private static void AfterEach(Action<Payout, PayoutEvent, DateTimeOffset, DateTimeOffset?> law) => Law.HoldsFor(Stories.Any, story =>
    {
        foreach (var minutes in MinutesFromNoon)
        {
            var now = Stories.Noon.AddMinutes(minutes);
            Payout? payout = null;
            foreach (var happened in story.Happenings)
            {
                payout = Decisions.On(payout, happened).Payout;
                law(payout, happened, now, SilenceSchedule.NextPoll(payout, Policy, happened, now));
            }
        }
    });
}
