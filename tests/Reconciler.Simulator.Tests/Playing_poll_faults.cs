using System.Net;
using System.Net.Http.Json;

namespace Reconciler.Simulator.Tests;

public sealed class Playing_poll_faults
{
    [Theory]
    [InlineData("caurisflux-sim", "RATE_LIMIT_EXCEEDED")]
    [InlineData("zayono-sim", "errors")]
    [InlineData("zopay-sim", "\"retry_after\":1")]
    public async Task A_429_comes_in_the_providers_form(string connection, string text)
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var id = await simulator.StartPayoutAsync(new { connection, polls = new { errors = new[] { "429" } } });

        var (status, body) = await StatusRequests.SendAsync(simulator, connection, id);

        status.ShouldBe(429);
        body.ShouldContain(text);
        (await StatusRequests.SendAsync(simulator, connection, id)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Each_kind_is_met_in_turn_and_then_the_truth()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var id = await simulator.StartPayoutAsync(new
        {
            connection = "pawapay-sim", finalAfterMs = 0,
            polls = new { errors = new object[] { new { kind = "500", times = 2 }, "html", "empty", "401", "404", "wrongid" } },
        });
        async Task<string> AskAsync()
        {
            var (status, body) = await StatusRequests.SendAsync(simulator, "pawapay-sim", id);
            return $"{status} {body}";
        }

        (await AskAsync()).ShouldStartWith("500 ");
        (await AskAsync()).ShouldContain("UNKNOWN_ERROR");
        (await AskAsync()).ShouldStartWith("200 <!DOCTYPE html>");
        (await AskAsync()).ShouldBe("200 ");
        (await AskAsync()).ShouldStartWith("401 ");
        (await AskAsync()).ShouldBe("""200 {"status":"NOT_FOUND"}""");
        (await AskAsync()).ShouldNotContain(id);
        (await AskAsync()).ShouldContain(id);
        var polls = (await simulator.TruthAsync(id)).GetProperty("polls");
        polls.GetProperty("answered").GetInt32().ShouldBe(8);
        polls.GetProperty("errors").GetInt32().ShouldBe(7);
    }

    [Fact]
    public async Task A_cut_answer_ends_in_the_middle()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var id = await simulator.StartPayoutAsync(new { connection = "awdpay-sim", polls = new { errors = new[] { "cut" } } });

        await Should.ThrowAsync<HttpRequestException>(() => StatusRequests.SendAsync(simulator, "awdpay-sim", id));
    }

    [Fact]
    public async Task A_slow_answer_outlasts_a_short_patience()
    {
        await using var simulator = await RunningSimulator.StartAsync(
            new SimulatorOptions { Service = new Uri("http://127.0.0.1:9"), TimeFactor = 0, SlowMs = 600_000 });
        var id = await simulator.StartPayoutAsync(new { connection = "awdpay-sim", polls = new { errors = new[] { "slow" } } });
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        using var request = await StatusRequests.ForAsync(simulator, "awdpay-sim", id);

        await Should.ThrowAsync<OperationCanceledException>(() => simulator.Http.SendAsync(request, patience.Token));
    }

    [Fact]
    public async Task A_lie_is_told_as_often_as_ordered()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var id = await simulator.StartPayoutAsync(
            new { connection = "zayono-sim", finalAfterMs = 0, polls = new { lie = new { status = "failed", times = 1 } } });

        (await StatusRequests.SendAsync(simulator, "zayono-sim", id)).Body.ShouldContain("\"status\":\"failed\"");
        (await StatusRequests.SendAsync(simulator, "zayono-sim", id)).Body.ShouldContain("\"status\":\"success\"");
    }

    [Fact]
    public async Task Rates_of_a_whole_connection_hold_at_once_and_go_again()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var id = await simulator.StartPayoutAsync(new { connection = "zopay-sim" });
        using var set = await simulator.Http.PostAsJsonAsync(
            "/sim/faults", new { connection = "zopay-sim", polls = new Dictionary<string, int> { ["500"] = 1 } });
        set.StatusCode.ShouldBe(HttpStatusCode.OK);

        (await StatusRequests.SendAsync(simulator, "zopay-sim", id)).Status.ShouldBe(500);
        await simulator.Http.PostAsJsonAsync("/sim/faults", new { });
        (await StatusRequests.SendAsync(simulator, "zopay-sim", id)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Documented_rate_limits_are_kept_when_switched_on()
    {
        await using var simulator = await RunningSimulator.StartAsync(
            new SimulatorOptions { Service = new Uri("http://127.0.0.1:9"), RateLimits = true }, new StoppedClock(TimeProvider.System.GetUtcNow()));
        var id = await simulator.StartPayoutAsync(new { connection = "zayono-sim" });
        for (var request = 1; request <= 120; request++)
        {
            (await StatusRequests.SendAsync(simulator, "zayono-sim", id)).Status.ShouldBe(200);
        }

        using var over = await simulator.Http.SendAsync(await StatusRequests.ForAsync(simulator, "zayono-sim", id));

        over.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        over.Headers.RetryAfter!.Delta!.Value.ShouldBe(TimeSpan.FromSeconds(60));
        over.Headers.GetValues("X-RateLimit-Remaining").Single().ShouldBe("0");
    }
}
