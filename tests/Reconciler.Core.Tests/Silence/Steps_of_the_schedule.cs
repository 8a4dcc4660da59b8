using FsCheck.Fluent;
using Reconciler.Core.Tests.Laws;

namespace Reconciler.Core.Tests.Silence;

public class Steps_of_the_schedule
{
    [Fact]
    public void Are_the_list_then_half_as_long_again_each_time_up_to_the_slowest()
    {
        var policy = PollingPolicy.Default with { Silence = [Of("30s"), Of("1m")], Slowest = Of("3m") };
        Enumerable.Range(0, 7).Select(polls => SilenceSchedule.Step(policy, polls))
            .ShouldBe([Of("30s"), Of("1m"), Of("90s"), Of("135s"), Of("3m"), Of("3m"), Of("3m")]);
    }

    [Fact]
    public void Of_the_default_policy_reach_six_hours_and_stay_there()
    {
        SilenceSchedule.Step(PollingPolicy.Default, 0).ShouldBe(Of("30s"));
        SilenceSchedule.Step(PollingPolicy.Default, 4).ShouldBe(Of("15m"));
        SilenceSchedule.Step(PollingPolicy.Default, 1_000).ShouldBe(Of("6h"));
        SilenceSchedule.Step(PollingPolicy.Default, int.MaxValue).ShouldBe(Of("6h"));
    }

    [Fact]
    public void Never_shrink_and_are_never_nothing() => Law.HoldsFor(
        from silence in Gen.NonEmptyListOf(Gen.Choose(1, 100_000))
        from slowest in Gen.Choose(1, 10_000_000)
        from polls in Gen.Choose(0, 100)
        select (Policy: PollingPolicy.Default with
        {
            Silence = [.. silence.Order().Select(Milliseconds)],
            Slowest = Milliseconds(slowest),
        }, polls),
        one =>
        {
            var step = SilenceSchedule.Step(one.Policy, one.polls);
            step.ShouldBeGreaterThan(TimeSpan.Zero);
            step.ShouldBeLessThanOrEqualTo(one.Policy.Slowest);
            SilenceSchedule.Step(one.Policy, one.polls + 1).ShouldBeGreaterThanOrEqualTo(step);
        });

    [Fact]
    public void After_faults_grow_with_each_fault_in_a_row()
    {
        SilenceSchedule.AfterFault(PollingPolicy.Default, 0, 1, Stories.Noon).ShouldBe(Stories.Noon + Of("30s"));
        SilenceSchedule.AfterFault(PollingPolicy.Default, 0, 2, Stories.Noon).ShouldBe(Stories.Noon + Of("1m"));
        SilenceSchedule.AfterFault(PollingPolicy.Default, 2, 2, Stories.Noon).ShouldBe(Stories.Noon + Of("5m"));
        SilenceSchedule.AfterFault(PollingPolicy.Default, int.MaxValue, int.MaxValue, Stories.Noon).ShouldBe(Stories.Noon + Of("6h"));
    }

    private static TimeSpan Of(string text) => Duration.Parse(text);

    private static TimeSpan Milliseconds(int count) => TimeSpan.FromTicks(count * TimeSpan.TicksPerMillisecond);
}
