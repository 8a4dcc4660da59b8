using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Reconciler.Simulator.Tests;

public sealed class Ordering_payouts
{
    [Fact]
    public async Task The_same_seed_and_orders_make_the_same_payouts_and_faults()
    {
        var first = await RunAsync(seed: 7);
        (await RunAsync(seed: 7)).ShouldBe(first);
        (await RunAsync(seed: 8)).ShouldNotBe(first);
    }

    [Fact]
    public async Task A_reset_starts_anew()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var before = await simulator.StartPayoutAsync(new { connection = "zopay-sim" });
        (await simulator.Http.DeleteAsync("/sim/payouts")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await simulator.GetAsync("/sim/summary")).GetProperty("payouts").GetInt32().ShouldBe(0);
        (await simulator.StartPayoutAsync(new { connection = "zopay-sim" })).ShouldBe(before);
    }

    [Theory]
    [InlineData("""{"connection":"nobody"}""", 422, "connection")]
    [InlineData("""{"connection":"zopay-sim","outcome":"expired"}""", 422, "outcome")]
    [InlineData("""{"connection":"zopay-sim","count":0}""", 422, "count")]
    [InlineData("""{"connection":"zopay-sim","amount":"5.005"}""", 422, "amount")]
    [InlineData("""{"connection":"zopay-sim","polls":{"errors":["418"]}}""", 422, "polls.errors")]
    [InlineData("""{"connection":"zopay-sim","reversal":{"outcome":"succeeded","afterMs":5}}""", 422, "reversal.outcome")]
    [InlineData("""{"connection":"zopay-sim","webhooks":{"drop":2}}""", 400, "0 to 1")]
    [InlineData("""{"connection":"zopay-sim","webhoks":{}}""", 400, "webhoks")]
    [InlineData("""{"connection":"zopay-sim","run":null}""", 400, "run")]
    [InlineData("""{"connection":"zopay-sim","polls":{"errors":[null]}}""", 400, "poll error")]
    [InlineData("""[]""", 400, "1 to 1000")]
    [InlineData("""not json""", 400, "invalid")]
    public async Task A_wrong_order_is_refused_with_the_field_named(string order, int expected, string text)
    {
        await using var simulator = await RunningSimulator.StartAsync();

        using var answer = await simulator.Http.PostAsync("/sim/payouts", new StringContent(order, Encoding.UTF8, "application/json"));

        ((int)answer.StatusCode).ShouldBe(expected);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await answer.Content.ReadAsStringAsync()).ShouldContain(text);
        (await simulator.GetAsync("/sim/summary")).GetProperty("payouts").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task An_id_of_ones_own_is_taken_once()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var order = new { connection = "awdpay-sim", providerPayoutId = "WTD-MINE" };
        (await simulator.StartPayoutAsync(order)).ShouldBe("WTD-MINE");

        using var again = await simulator.Http.PostAsJsonAsync("/sim/payouts", order);

        again.StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task The_truth_is_told_in_pages_and_in_lines()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await simulator.StartPayoutsAsync(new { connection = "zopay-sim", count = 7, finalAfterMs = 0 });
        await simulator.StartPayoutsAsync(new { connection = "pawapay-sim", count = 3, outcome = "pending" });

        var paged = new List<string>();
        for (var path = "/sim/truth?limit=4"; path is not null;)
        {
            var page = await simulator.GetAsync(path);
            paged.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
            path = page.GetProperty("nextCursor").GetString() is { } cursor ? $"/sim/truth?limit=4&cursor={cursor}" : null;
        }

        paged.Distinct().Count().ShouldBe(10);
        var lines = (await simulator.Http.GetStringAsync("/sim/truth?format=ndjson")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetString()).ShouldBe(paged);
        var finals = (await simulator.GetAsync("/sim/truth?final=true&connection=zopay-sim")).GetProperty("items");
        finals.EnumerateArray().ShouldAllBe(item => item.GetProperty("status").GetString() == "succeeded");
        finals.GetArrayLength().ShouldBe(7);
    }

    private static async Task<string> RunAsync(long seed)
    {
        await using var simulator = await RunningSimulator.StartAsync(
            new SimulatorOptions { Seed = seed, Service = new Uri("http://127.0.0.1:9"), TimeFactor = 0 });
        var story = new StringBuilder();
        foreach (var connection in StatusRequests.Connections)
        {
            var errors = new object[] { new { kind = "500", rate = 0.5m } };
            var webhooks = new { drop = 0.5m };
            foreach (var payout in await simulator.StartPayoutsAsync(new { connection, count = 5, polls = new { errors }, webhooks }))
            {
                var id = payout.GetProperty("providerPayoutId").GetString()!;
                story.Append(id).Append(' ').Append(payout.GetProperty("amount")).Append(' ').Append(payout.GetProperty("recipient"));
                story.Append(' ').Append((await simulator.TruthAsync(id)).GetProperty("webhooks").GetProperty("lost"));
                for (var poll = 0; poll < 4; poll++)
                {
                    story.Append(' ').Append((await StatusRequests.SendAsync(simulator, connection, id)).Status);
                }

                story.AppendLine();
            }
        }

        return story.ToString();
    }
}
