using System.Text.Json.Nodes;
using Reconciler.Core;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Polling;

public sealed class Payouts_that_fall_silent(PostgresFixture postgres)
{
    [Fact]
    public async Task A_lost_webhook_is_repaired_in_one_silence_step_and_not_before()
    {
        await using var bench = await PollingBench.StartAsync(postgres, new JsonObject { ["silence"] = new JsonArray("2s", "20s") });

        var payout = (await bench.PayAsync(1, new JsonObject { ["outcome"] = "succeeded", ["finalAfterMs"] = 0 }))[0];

        await PollingBench.UntilAsync(
            async () => await bench.ValueAsync<bool>("select final from reconciler.payouts"), "the payout is final");
        var events = await bench.EventsAsync(payout);
        var expected = events.OfType<PayoutExpected>().Single();
        var answered = events.OfType<PollAnswered>().ShouldHaveSingleItem();
        (answered.ObservedAt - expected.ObservedAt).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(2));
        events.OfType<PayoutStatusChanged>().Last().ShouldSatisfyAllConditions(
            changed => changed.To.ShouldBe(PayoutStatus.Succeeded),
            changed => changed.Confidence.ShouldBe(Confidence.Confirmed),
            changed => changed.StatusVersion.ShouldBe(2));
        // A final stops the polling, but for the looks days later that catch a reversal.
        (await bench.ValueAsync<bool>("select next_poll_at = final_at + interval '1 day' from reconciler.payouts")).ShouldBeTrue();
    }

    [Fact]
    public async Task Each_verified_webhook_pushes_the_poll_away_and_a_final_stops_it()
    {
        var clock = new StoppedClock(StoppedClock.Noon);
        await using var bench = await PollingBench.StartAsync(
            postgres, new JsonObject { ["silence"] = new JsonArray("1h"), ["recheckAfterFinal"] = new JsonArray() }, clock: clock);
        var payout = (await bench.PayAsync(1, new JsonObject { ["outcome"] = "pending" }))[0];

        for (var minute = 1; minute <= 3; minute++)
        {
            clock.Now = StoppedClock.Noon.AddMinutes(minute);
            await bench.HearAsync(payout, ObservedStatus.Processing, clock.Now);
            (await bench.ValueAsync<DateTime>("select next_poll_at from reconciler.payouts")).ShouldBe(clock.Now.UtcDateTime.AddHours(1));
        }

        await bench.HearAsync(payout, ObservedStatus.Succeeded, clock.Now);
        (await bench.ValueAsync<bool>("select next_poll_at is null from reconciler.payouts")).ShouldBeTrue();
        (await bench.AnsweredAtAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_webhooks_final_that_is_only_a_claim_is_verified_at_once()
    {
        await using var bench = await PollingBench.StartAsync(
            postgres, new JsonObject { ["silence"] = new JsonArray("1h"), ["verifyFinal"] = "always" });
        var payout = (await bench.PayAsync(1, new JsonObject { ["outcome"] = "succeeded", ["finalAfterMs"] = 0 }))[0];

        await bench.HearAsync(payout, ObservedStatus.Succeeded, TimeProvider.System.GetUtcNow().ToMicrosecond(), VerifyFinal.Always);

        await PollingBench.UntilAsync(
            async () => await bench.ValueAsync<string>("select confidence from reconciler.payouts") == "confirmed", "a poll confirmed it, an hour early");
        (await bench.ValueAsync<string>("select status from reconciler.payouts")).ShouldBe("succeeded");
    }

    [Fact]
    public async Task A_payout_past_its_deadline_becomes_a_case_and_is_settled_by_a_final()
    {
        await using var bench = await PollingBench.StartAsync(
            postgres, new JsonObject { ["silence"] = new JsonArray("1s"), ["deadline"] = "2s", ["slowest"] = "3s" });

        await bench.PayAsync(1, new JsonObject { ["outcome"] = "succeeded", ["finalAfterMs"] = 9000 });

        await PollingBench.UntilAsync(
            async () => await bench.ValueAsync<string>("select kind from reconciler.discrepancies where closed_at is null") == "overdue", "the case is open");
        await PollingBench.UntilAsync(
            async () => await bench.ValueAsync<bool>("select final and open_discrepancies = '{}' from reconciler.payouts"), "the final closed it");
        (await bench.ValueAsync<string>("select closed_because from reconciler.discrepancies")).ShouldBe("A final word came.");
    }

    [Theory]
    [InlineData("429")]
    [InlineData("500")]
    [InlineData("html")]
    [InlineData("cut")]
    [InlineData("empty")]
    [InlineData("401")]
    [InlineData("wrongid")]
    [InlineData("slow")]
    public async Task What_is_no_observation_moves_nothing_and_the_next_try_repairs_it(string error)
    {
        await using var bench = await PollingBench.StartAsync(
            postgres, new JsonObject { ["silence"] = new JsonArray("1s"), ["timeout"] = "1s", ["slowest"] = "1s" });

        var payout = (await bench.PayAsync(1, new JsonObject
        {
            ["outcome"] = "failed",
            ["finalAfterMs"] = 0,
            ["polls"] = new JsonObject { ["errors"] = new JsonArray(new JsonObject { ["kind"] = error, ["times"] = 2 }) },
        }))[0];

        await PollingBench.UntilAsync(
            async () => await bench.ValueAsync<bool>("select final from reconciler.payouts"), "the payout is final");
        var moves = (await bench.EventsAsync(payout)).OfType<PayoutStatusChanged>().ToList();
        moves.Select(changed => changed.To).ShouldBe([PayoutStatus.Pending, PayoutStatus.Failed]);
    }
}
