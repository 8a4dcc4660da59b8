using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Reconciler.Core;
using Reconciler.Polling;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Polling;

public sealed class Asking_within_what_a_provider_allows(PostgresFixture postgres)
{
    [Fact]
    public async Task Two_nodes_together_never_exceed_the_budget_in_any_span()
    {
        const int Requests = 12;
        var span = TimeSpan.FromSeconds(3);
        await using var bench = await PollingBench.StartAsync(
            postgres,
            new JsonObject
            {
                ["silence"] = new JsonArray("1s"),
                ["budget"] = new JsonArray(new JsonObject { ["requests"] = Requests, ["per"] = "3s" }),
            },
            nodes: 2);

        await bench.PayAsync(60, new JsonObject { ["outcome"] = "succeeded", ["finalAfterMs"] = 0 });

        await bench.AllAreFinalAsync(60);
        var times = await bench.AnsweredAtAsync();
        times.Count.ShouldBe(60);
        for (var first = 0; first + Requests < times.Count; first++)
            (times[first + Requests] - times[first]).ShouldBeGreaterThan(span, $"{Requests + 1} requests from {times[first]:O} on");
    }

    [Fact]
    public async Task A_payout_is_asked_about_by_one_node_at_a_time()
    {
        await using var bench = await PollingBench.StartAsync(
            postgres, new JsonObject { ["silence"] = new JsonArray("1s", "30s"), ["timeout"] = "10s" }, nodes: 2);

        await bench.PayAsync(40, new JsonObject
        {
            ["outcome"] = "succeeded",
            ["finalAfterMs"] = 0,
            ["polls"] = new JsonObject { ["errors"] = new JsonArray(new JsonObject { ["kind"] = "slow", ["times"] = 1 }) },
        });

        await bench.AllAreFinalAsync(40);
        (await bench.AnsweredAtAsync()).Count.ShouldBe(40);
    }

    [Fact]
    public async Task Retry_after_holds_for_every_payout_of_the_connection_on_every_node()
    {
        await using var bench = await PollingBench.StartAsync(
            postgres, new JsonObject { ["silence"] = new JsonArray("1s") }, nodes: 2);
        await bench.PayAsync(1, new JsonObject
        {
            ["outcome"] = "succeeded",
            ["finalAfterMs"] = 0,
            ["polls"] = new JsonObject { ["errors"] = new JsonArray(new JsonObject { ["kind"] = "429", ["times"] = 1 }) },
        });

        await PollingBench.UntilAsync(
            async () => await bench.ValueAsync<DateTime?>("select not_before from reconciler.polling_gates") is not null, "the gate is shut");
        var notBefore = new DateTimeOffset((await bench.ValueAsync<DateTime?>("select not_before from reconciler.polling_gates"))!.Value);
        await bench.PayAsync(5, new JsonObject { ["outcome"] = "succeeded", ["finalAfterMs"] = 0 });
        await PollingBench.UntilAsync(
            async () => (await bench.AnsweredAtAsync()).Count > 0 || TimeProvider.System.GetUtcNow() > notBefore, "it is asked again, or may be");

        (await bench.AnsweredAtAsync()).ShouldAllBe(at => at >= notBefore);
    }

    [Fact]
    public async Task A_provider_that_keeps_failing_is_left_in_peace_by_the_breaker()
    {
        await using var bench = await PollingBench.StartAsync(
            postgres, new JsonObject { ["silence"] = new JsonArray("1s"), ["slowest"] = "1s" }, baseUrl: "http://127.0.0.1:9");

        await bench.PayAsync(60, new JsonObject { ["outcome"] = "succeeded" });

        var silence = bench.Node.Services.GetRequiredService<SilenceClock>();
        await PollingBench.UntilAsync(
            () => Task.FromResult(silence.Contexts.Any(context => context.Pipeline.OpenUntil is not null)), "the breaker is open");
        (await bench.ValueAsync<long>("select count(*) from reconciler.payouts where status <> 'pending'")).ShouldBe(0);
        // Nothing is claimed while it is open: the leases of the last requests run out, and no new ones are taken.
        await PollingBench.UntilAsync(
            async () => await bench.ValueAsync<long>("select count(*) from reconciler.payouts where poll_lease_until is not null") == 0, "no poll is in flight");
        silence.Contexts.ShouldContain(context => context.Pipeline.OpenUntil != null);
    }
}
