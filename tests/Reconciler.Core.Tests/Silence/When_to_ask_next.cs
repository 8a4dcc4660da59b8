using Reconciler.Core.Tests.Laws;
using Reconciler.Core.Tests.Payouts;

namespace Reconciler.Core.Tests.Silence;

public class When_to_ask_next
{
    private static readonly PollingPolicy Policy = PollingPolicy.Default with
    {
        Silence = [Duration.Parse("1m"), Duration.Parse("2m"), Duration.Parse("4m")],
        RecheckAfterFinal = [Duration.Parse("1d"), Duration.Parse("3d")],
    };

    [Fact]
    public void Where_no_webhook_comes_the_first_step_counts_from_the_announcement() =>
        NextPoll(new A_payout().Announced(0)).ShouldBe(A_payout.Minute(1));

    [Fact]
    public void Each_verified_webhook_pushes_it_away_and_begins_the_steps_again()
    {
        var payout = new A_payout().Announced(0);
        NextPoll(payout.Heard(1, ObservedStatus.Processing)).ShouldBe(A_payout.Minute(2));
        NextPoll(payout.Answered(2, ObservedStatus.Processing)).ShouldBe(A_payout.Minute(4));
        NextPoll(payout.Answered(4, ObservedStatus.Processing)).ShouldBe(A_payout.Minute(8));
        NextPoll(payout.Heard(5, ObservedStatus.Processing)).ShouldBe(A_payout.Minute(6));
    }

    [Fact]
    public void A_webhook_that_comes_late_does_not_pull_it_nearer()
    {
        var payout = new A_payout().Announced(0).Answered(10, ObservedStatus.Processing);
        NextPoll(payout.Heard(5, ObservedStatus.Pending)).ShouldBe(A_payout.Minute(11));
        payout.Heard(20, ObservedStatus.Pending);
        NextPoll(payout.Heard(15, ObservedStatus.Processing)).ShouldBe(A_payout.Minute(21));
    }

    [Fact]
    public void A_nudge_makes_it_due_at_once_until_a_poll_said_a_final_word()
    {
        var payout = new A_payout().Announced(0).Answered(1, ObservedStatus.Processing);
        NextPoll(payout.Nudged(2, ObservedStatus.Succeeded)).ShouldBe(A_payout.Minute(2));
        NextPoll(payout.Answered(2, ObservedStatus.Processing)).ShouldBe(A_payout.Minute(6));
        payout.Answered(6, ObservedStatus.Succeeded);
        NextPoll(payout.Nudged(7, ObservedStatus.Failed)).ShouldBe(A_payout.Minute(6).AddDays(1));
    }

    [Fact]
    public void A_claim_under_always_makes_it_due_at_once_and_a_poll_without_a_final_waits_a_step()
    {
        var payout = new A_payout().Announced(0);
        NextPoll(payout.Heard(3, ObservedStatus.Succeeded, VerifyFinal.Always)).ShouldBe(A_payout.Minute(3));
        NextPoll(payout.Answered(3, ObservedStatus.Processing)).ShouldBe(A_payout.Minute(5));
        NextPoll(payout.AnsweredNothing(5)).ShouldBe(A_payout.Minute(9));
        NextPoll(payout.Answered(9, ObservedStatus.Succeeded)).ShouldBe(A_payout.Minute(9).AddDays(1));
    }

    [Theory]
    [InlineData(VerifyFinal.Always, true)]
    [InlineData(VerifyFinal.Contested, true)]
    [InlineData(VerifyFinal.Never, false)]
    public void A_webhooks_final_that_is_contested_is_verified_at_once_where_the_policy_says_so(VerifyFinal verifyFinal, bool atOnce)
    {
        var payout = new A_payout().Announced(0).Heard(1, ObservedStatus.Succeeded).Heard(2, ObservedStatus.Failed);
        SilenceSchedule.NextPoll(payout.State!, Policy with { VerifyFinal = verifyFinal }, payout.Last, payout.Now)
            .ShouldBe(atOnce ? A_payout.Minute(2) : A_payout.Minute(1).AddDays(1));
    }

    [Fact]
    public void An_uncontested_final_of_a_webhook_is_left_alone_but_for_the_rechecks() =>
        NextPoll(new A_payout().Announced(0).Heard(1, ObservedStatus.Succeeded)).ShouldBe(A_payout.Minute(1).AddDays(1));

    [Fact]
    public void A_payout_that_nobody_registered_is_not_contested_by_that_alone() =>
        NextPoll(new A_payout().Heard(1, ObservedStatus.Succeeded)).ShouldBe(A_payout.Minute(1).AddDays(1));

    [Fact]
    public void A_final_is_rechecked_at_each_time_named_and_then_no_more()
    {
        var payout = new A_payout().Announced(0).Answered(1, ObservedStatus.Succeeded);
        NextPoll(payout).ShouldBe(A_payout.Minute(1).AddDays(1));
        NextPoll(payout.Answered(1 + (24 * 60), ObservedStatus.Succeeded)).ShouldBe(A_payout.Minute(1).AddDays(3));
        NextPoll(payout.Answered(2 + (72 * 60), ObservedStatus.Succeeded)).ShouldBeNull();
    }

    [Fact]
    public void Polls_that_people_ask_for_do_not_use_the_rechecks_up()
    {
        var payout = new A_payout().Announced(0).Answered(1, ObservedStatus.Succeeded);
        for (var minute = 2; minute < 10; minute++) payout.Answered(minute, ObservedStatus.Succeeded);
        NextPoll(payout).ShouldBe(A_payout.Minute(1).AddDays(1));
    }

    [Fact]
    public void A_recheck_by_a_clock_that_is_a_second_slow_is_still_the_recheck()
    {
        var payout = new A_payout().Announced(0).Answered(1, ObservedStatus.Succeeded);
        payout.On(new PollAnswered(A_payout.Id, A_payout.Minute(1).AddDays(1).AddSeconds(-1), EvidenceDigest.Of([]), 200, null, "HTML", PastGrace: false));
        NextPoll(payout).ShouldBe(A_payout.Minute(1).AddDays(3));
    }

    [Fact]
    public void What_people_resolved_is_not_asked_about() =>
        NextPoll(new A_payout().Announced(0).Heard(1, ObservedStatus.Processing).Resolved(2, PayoutStatus.Failed)).ShouldBeNull();

    [Fact]
    public void Past_the_deadline_it_goes_on_slowly()
    {
        var payout = new A_payout().Announced(0).Heard(1, ObservedStatus.Processing).PastTheDeadline(1440);
        NextPoll(payout).ShouldBe(A_payout.Minute(1) + Policy.Slowest);
        NextPoll(payout.Answered(1441, ObservedStatus.Processing)).ShouldBe(A_payout.Minute(1441) + Policy.Slowest);
    }

    [Fact]
    public void The_deadline_counts_from_the_payouts_start_until_a_final_or_the_case()
    {
        SilenceSchedule.OverdueAt(new A_payout().Announced(0).State!, Policy).ShouldBe(Stories.Noon + Policy.Deadline);
        var sentEarlier = Stories.Ordered with { InitiatedAt = Stories.Noon.AddHours(-1) };
        SilenceSchedule.OverdueAt(new A_payout().Announced(0, sentEarlier).State!, Policy).ShouldBe(Stories.Noon.AddHours(-1) + Policy.Deadline);
        SilenceSchedule.OverdueAt(new A_payout().Announced(5).Heard(2, ObservedStatus.Pending).State!, Policy).ShouldBe(A_payout.Minute(2) + Policy.Deadline);
        SilenceSchedule.OverdueAt(new A_payout().Announced(0).Heard(1, ObservedStatus.Failed).State!, Policy).ShouldBeNull();
        SilenceSchedule.OverdueAt(new A_payout().Announced(0).PastTheDeadline(1440).State!, Policy).ShouldBeNull();
    }

    [Fact]
    public void An_announcement_for_the_end_of_time_breaks_no_schedule()
    {
        var payout = new A_payout().Announced(0, Stories.Ordered with { InitiatedAt = DateTimeOffset.MaxValue });
        SilenceSchedule.OverdueAt(payout.State!, Policy).ShouldBe(DateTimeOffset.MaxValue);
        NextPoll(payout).ShouldBe(A_payout.Minute(1));
    }

    [Fact]
    public void An_answer_that_says_nothing_of_a_payout_that_nobody_knows_breaks_no_schedule()
    {
        var payout = new A_payout().Answered(1, ObservedStatus.NotFound);
        NextPoll(payout).ShouldBe(A_payout.Minute(3));
        SilenceSchedule.OverdueAt(payout.State!, Policy).ShouldBe(A_payout.Minute(1) + Policy.Deadline);
    }

    [Fact]
    public void A_word_that_is_dated_later_than_now_was_heard_now()
    {
        var now = A_payout.Minute(1);
        NextPollAt(now, new A_payout().Announced(60)).ShouldBe(A_payout.Minute(2));
        NextPollAt(now, new A_payout().Announced(0).Heard(1441, ObservedStatus.Processing)).ShouldBe(A_payout.Minute(2));
        NextPollAt(now, new A_payout().Announced(0).Nudged(1441, ObservedStatus.Succeeded)).ShouldBe(now);
        NextPollAt(now, new A_payout().Announced(0).Heard(1441, ObservedStatus.Succeeded, VerifyFinal.Always)).ShouldBe(now);

        // The clock was put right: what comes then is older than what was heard before.
        NextPollAt(now, new A_payout().Announced(0).Heard(1441, ObservedStatus.Processing).Answered(1, ObservedStatus.Processing)).ShouldBe(A_payout.Minute(3));
    }

    [Fact]
    public void A_few_seconds_between_clocks_are_none() =>
        NextPollAt(A_payout.Minute(1).AddSeconds(-5), new A_payout().Announced(1)).ShouldBe(A_payout.Minute(2));

    [Fact]
    public void An_answer_that_is_dated_long_before_now_has_us_ask_after_a_step_and_not_at_once()
    {
        NextPollAt(A_payout.Minute(1441), new A_payout().Announced(0).Answered(1, ObservedStatus.Processing)).ShouldBe(A_payout.Minute(1443));
        NextPollAt(A_payout.Minute(1441), new A_payout().Announced(1440).Answered(1, ObservedStatus.Processing)).ShouldBe(A_payout.Minute(1442));
        NextPollAt(A_payout.Minute(1442), new A_payout().Announced(1440).Answered(2, ObservedStatus.Succeeded)).ShouldBe(A_payout.Minute(1444));
    }

    private static DateTimeOffset? NextPoll(A_payout payout) => NextPollAt(payout.Now, payout);

    private static DateTimeOffset? NextPollAt(DateTimeOffset now, A_payout payout) => SilenceSchedule.NextPoll(payout.State!, Policy, payout.Last, now);
}
