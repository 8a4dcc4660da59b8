using System.Text.Json.Nodes;
using Reconciler.Core;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Polling;

/// <summary>What nodes keep together they keep by the database's clock: that of a node may be wrong, and may jump.</summary>
public sealed class Clocks_that_are_wrong(PostgresFixture postgres)
{
    private static readonly TimeSpan TenMinutes = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task Of_one_of_two_nodes_break_no_budget()
    {
        const int Requests = 12;
        var span = TimeSpan.FromSeconds(3);
        var clock = new ShiftedClock(TimeSpan.Zero);
        await using var bench = await PollingBench.StartAsync(
            postgres,
            new JsonObject
            {
                ["silence"] = new JsonArray("1s"),
                ["budget"] = new JsonArray(new JsonObject { ["requests"] = Requests, ["per"] = "3s" }),
            },
            nodes: 2, ownClock: clock, at: PollingBench.Zayono);
        await bench.PayAsync(36, Succeeded());
        await PollingBench.UntilAsync(async () => (await bench.AnsweredAtAsync()).Count > 0, "they are asked about");

        clock.Ahead = TenMinutes;

        await bench.AllAreFinalAsync(36);
        var times = (await bench.AnsweredAtAsync()).Select(True).Order().ToList();
        times.Count.ShouldBe(36);
        for (var first = 0; first + Requests < times.Count; first++)
            (times[first + Requests] - times[first]).ShouldBeGreaterThan(span, $"{Requests + 1} requests from {times[first]:O} on");
    }

    [Fact]
    public async Task Of_one_of_two_nodes_have_no_payout_asked_about_twice_at_a_time()
    {
        const int payouts = 40;
        var clock = new ShiftedClock(TimeSpan.Zero);
        await using var bench = await PollingBench.StartAsync(
            postgres, new JsonObject { ["silence"] = new JsonArray("1s", "30s"), ["timeout"] = "10s" }, nodes: 2, ownClock: clock, at: PollingBench.Zayono);
        await bench.PayAsync(payouts, Succeeded(Error("slow")));
        await PollingBench.UntilAsync(
            async () => await bench.ValueAsync<long>("select count(*) from reconciler.payouts where poll_lease_until is not null") == payouts, "all are asked about");

        clock.Ahead = TenMinutes;

        await bench.AllAreFinalAsync(payouts);
        (await bench.AnsweredAtAsync()).Count.ShouldBe(payouts);
    }

    [Fact]
    public async Task Make_a_providers_wait_no_longer_once_they_are_put_right()
    {
        var clock = new ShiftedClock(TenMinutes);
        await using var bench = await PollingBench.StartAsync(
            postgres, new JsonObject { ["silence"] = new JsonArray("1s") }, ownClock: clock, at: PollingBench.Zayono);
        await bench.PayAsync(1, Succeeded(Error("429")));
        await PollingBench.UntilAsync(
            async () => await bench.ValueAsync<DateTime?>("select not_before from reconciler.polling_gates") is not null, "the gate is shut");

        clock.Ahead = TimeSpan.Zero;

        await bench.AllAreFinalAsync(1);
    }

    [Fact]
    public async Task That_jump_a_day_ahead_neither_name_what_is_not_overdue_nor_fall_silent()
    {
        var clock = new ShiftedClock(TimeSpan.Zero);
        await using var bench = await JumpingAsync(clock);
        var payout = (await bench.PayAsync(1, Later())).ShouldHaveSingleItem();
        await AskedMoreAsync(bench, times: 2);

        clock.Ahead = TimeSpan.FromDays(1);

        // Once a second, and every five seconds it is looked for what is overdue.
        await bench.HearAsync(payout, ObservedStatus.Processing, clock.GetUtcNow());
        await AskedMoreAsync(bench, times: 7);
        (await bench.Node.Http.GetStringAsync("/health/ready")).ShouldContain("clock: This node's clock is 86400 s ahead of the database's");
        clock.Ahead = TimeSpan.Zero;
        await AskedMoreAsync(bench, times: 2);
        await bench.AllAreFinalAsync(1);
        (await bench.Node.Http.GetStringAsync("/health/ready")).ShouldNotContain("clock");
        (await bench.EventsAsync(payout)).OfType<DiscrepancyOpened>().ShouldBeEmpty();
    }

    [Fact]
    public async Task That_jump_a_day_back_do_not_fall_silent()
    {
        var clock = new ShiftedClock(TimeSpan.Zero);
        await using var bench = await JumpingAsync(clock);
        await bench.PayAsync(1, Later());
        await AskedMoreAsync(bench, times: 2);

        clock.Ahead = -TimeSpan.FromDays(1);

        await AskedMoreAsync(bench, times: 2);
        await bench.AllAreFinalAsync(1);
    }

    private Task<PollingBench> JumpingAsync(ShiftedClock clock) => PollingBench.StartAsync(
        postgres, new JsonObject { ["silence"] = new JsonArray("1s"), ["slowest"] = "1s", ["deadline"] = "1h" }, ownClock: clock, at: PollingBench.Zayono);

    private static async Task AskedMoreAsync(PollingBench bench, int times)
    {
        var before = (await bench.AnsweredAtAsync()).Count;
        await PollingBench.UntilAsync(async () => (await bench.AnsweredAtAsync()).Count >= before + times, $"it is asked {times} times more");
    }

    private static JsonObject Later() => new() { ["outcome"] = "succeeded", ["finalAfterMs"] = 14_000 };

    private static JsonObject Succeeded(JsonObject? error = null)
    {
        var order = new JsonObject { ["outcome"] = "succeeded", ["finalAfterMs"] = 0 };
        if (error is not null) order["polls"] = new JsonObject { ["errors"] = new JsonArray(error) };
        return order;
    }

    private static JsonObject Error(string kind) => new() { ["kind"] = kind, ["times"] = 1 };

    private static DateTimeOffset True(DateTimeOffset at) => at > TimeProvider.System.GetUtcNow() ? at - TenMinutes : at;
}
