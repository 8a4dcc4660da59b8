using Reconciler.Appending;
using Reconciler.Core;

namespace Reconciler.Tests.Appending;

public sealed class Trusting_a_memory
{
    private readonly Stopwatch clock = new();

    [Fact]
    public void It_serves_deliveries_whose_bytes_did_not_come_a_moment_ago()
    {
        var memory = new LaneMemory(clock);
        var heard = Words.Heard("p", ObservedStatus.Pending);
        memory.Serves([heard, Words.Nudged("q"), Words.Unreadable("what?")]).ShouldBeTrue();
        memory.Serves([heard, Words.Answered("p", ObservedStatus.Pending)]).ShouldBeFalse();
        memory.Serves([Words.Announced("p")]).ShouldBeFalse();

        memory.Keep([heard], []);
        memory.Serves([Words.Heard("p", ObservedStatus.Pending)]).ShouldBeFalse();
        memory.Serves([Words.Heard("p", ObservedStatus.Pending, "again")]).ShouldBeTrue();
    }

    [Fact]
    public void What_the_database_refused_is_not_gone_by_for_longer_each_time()
    {
        var memory = new LaneMemory(clock);
        foreach (var seconds in new[] { 10, 20, 40, 80, 160, 320, 600, 600 })
        {
            memory.Distrust();
            clock.Seconds += seconds - 0.1;
            Serves().ShouldBeFalse($"{seconds}");
            clock.Seconds += 0.1;
            Serves().ShouldBeTrue($"{seconds}");
        }

        clock.Seconds += 1200;
        memory.Distrust();
        clock.Seconds += 10;
        Serves().ShouldBeTrue("After a long peace it begins anew.");

        bool Serves() => memory.Serves([Words.Heard("p", ObservedStatus.Pending)]);
    }

    [Fact]
    public void The_last_ones_are_kept_and_not_many_more()
    {
        var recent = new RecentOnes<int, int>(most: 100, TimeSpan.FromSeconds(30), clock);
        for (var number = 0; number < 1000; number++)
        {
            recent.Put(number, -number);
            var kept = Enumerable.Range(0, number + 1).Where(one => recent.TryGet(one, out _)).ToList();
            kept.Count.ShouldBeLessThanOrEqualTo(200);
            kept.ShouldBe(Enumerable.Range(number + 1 - kept.Count, kept.Count));
            kept.Count.ShouldBeGreaterThanOrEqualTo(Math.Min(number + 1, 100));
        }

        recent.TryGet(999, out var value).ShouldBeTrue();
        value.ShouldBe(-999);
        recent.Remove(999);
        recent.TryGet(999, out _).ShouldBeFalse();
        recent.Clear();
        recent.TryGet(998, out _).ShouldBeFalse();
    }

    [Fact]
    public void Nothing_is_kept_for_longer_than_twice_its_age()
    {
        var recent = new RecentOnes<string, int>(most: 100, TimeSpan.FromSeconds(30), clock);
        recent.Put("first", 1);
        clock.Seconds += 29;
        recent.TryGet("first", out _).ShouldBeTrue();
        clock.Seconds += 2;
        recent.Put("second", 2);
        recent.TryGet("first", out _).ShouldBeTrue();
        clock.Seconds += 30;
        recent.TryGet("first", out _).ShouldBeFalse();
        recent.TryGet("second", out _).ShouldBeTrue();
        clock.Seconds += 61;
        recent.TryGet("second", out _).ShouldBeFalse("Nobody looked meanwhile.");
    }

    private sealed class Stopwatch : TimeProvider
    {
        internal double Seconds { get; set; }

        public override long GetTimestamp() => (long)(Seconds * TimestampFrequency);
    }
}
