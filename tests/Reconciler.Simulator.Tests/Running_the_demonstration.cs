using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Reconciler.Simulator.Demo;

namespace Reconciler.Simulator.Tests;

public sealed class Running_the_demonstration
{
    [Fact]
    public async Task It_settles_with_a_service_that_is_right()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await using var service = await StandIn.StartAsync(simulator, payout => payout.GetProperty("status").GetString()!);

        var (code, text) = await RunAsync(simulator, service, patienceSeconds: 60);

        code.ShouldBe(0, text);
        text.ShouldContain("Settled: 24 payouts");
        text.ShouldContain("parity  0 payouts differ, 0 awaited");
        service.Registered.Count.ShouldBe(24);
    }

    [Fact]
    public async Task It_begins_its_books_at_the_feeds_end()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await simulator.StartPayoutsAsync(new { connection = "zopay-sim", outcome = "succeeded", finalAfterMs = 0, count = 3 });
        await using var service = await StandIn.StartAsync(simulator, payout => payout.GetProperty("status").GetString()!);
        await service.Feed.FillAsync();

        await RunAsync(simulator, service, patienceSeconds: 3);

        service.Feed.FirstAsked.ShouldBe(3);
    }

    [Theory]
    [InlineData(1, "parity  ", "in the books succeeded")]
    [InlineData(0, "The ledger still awaits", "")]
    public async Task It_names_what_the_books_have_wrong_though_the_service_is_right(int amountMore, string said, string and)
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await using var service = await StandIn.StartAsync(simulator, payout => payout.GetProperty("status").GetString()!);
        service.Feed.AmountMore = amountMore;
        service.Feed.IsSilent = amountMore == 0;

        var (code, text) = await RunAsync(simulator, service, patienceSeconds: 5);

        code.ShouldBe(1);
        text.ShouldContain(said);
        text.ShouldContain(and);
    }

    [Fact]
    public async Task It_says_that_its_key_may_not_read_the_feed()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await using var service = await StandIn.StartAsync(simulator, payout => payout.GetProperty("status").GetString()!);
        service.Feed.Refuses = true;

        var (code, text) = await RunAsync(simulator, service, patienceSeconds: 3);

        code.ShouldBe(1);
        text.ShouldContain("The ledger has stopped: 403");
    }

    [Fact]
    public async Task It_names_what_a_service_has_wrong()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await using var service = await StandIn.StartAsync(simulator, _ => "expired");

        var (code, text) = await RunAsync(simulator, service, patienceSeconds: 3);

        code.ShouldBe(1);
        text.ShouldContain("Not settled within 3 s.");
        text.ShouldContain("in the service expired (confirmed)");
    }

    private static async Task<(int Code, string Text)> RunAsync(RunningSimulator simulator, StandIn service, int patienceSeconds)
    {
        await using var output = new StringWriter();
        var settings = new DemoSettings(
            service.Url, simulator.Url, Key: "rk_test", Payouts: 24, Trickle: 1, Seed: 1, Run: "T", Plain: true,
            TimeSpan.FromSeconds(patienceSeconds));
        var code = await new DemoRun(settings, TimeProvider.System, output).RunAsync(CancellationToken.None);
        return (code, output.ToString());
    }

    /// <summary>As much of the service's API as the demonstration reads; it answers 503 at first, as a service that starts does.</summary>
    private sealed class StandIn : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private int _requests;

        private StandIn(RunningSimulator simulator, Func<JsonElement, string> says)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            _app = builder.Build();
            _app.Use((http, next) =>
            {
                http.Response.StatusCode = Interlocked.Increment(ref _requests) <= 2 ? 503 : 200;
                return http.Response.StatusCode == 503 ? Task.CompletedTask : next(http);
            });
            _app.MapPost("/v1/payouts", async (HttpRequest request) =>
            {
                using var reader = new StreamReader(request.Body);
                var lines = (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
                foreach (var line in lines)
                {
                    Registered[JsonDocument.Parse(line).RootElement.GetProperty("providerPayoutId").GetString()!] = line;
                }

                // The first line of the first requests fails on our side: it is to come again.
                return Results.Text(
                    string.Concat(lines.Select((_, place) => $"{{\"line\":{place + 1},\"status\":{(place == 0 && _requests < 8 ? 503 : 201)}}}\n")),
                    "application/x-ndjson");
            });
            Feed = new StandInFeed(simulator, says);
            _app.MapGet("/v1/changes", Feed.AnswerAsync);
            _app.MapGet("/v1/discrepancies", () => new { items = Array.Empty<object>(), nextCursor = (string?)null });
            _app.MapGet("/v1/payouts", async () =>
            {
                var truths = (await simulator.GetAsync("/sim/truth?limit=5000")).GetProperty("items").EnumerateArray();
                return new
                {
                    items = truths.Select(truth => new
                    {
                        id = truth.GetProperty("id").GetString(), connection = truth.GetProperty("connection").GetString(), status = says(truth),
                        final = truth.GetProperty("final").GetBoolean(), confidence = "confirmed",
                    }),
                    nextCursor = (string?)null,
                };
            });
        }

        public ConcurrentDictionary<string, string> Registered { get; } = new();

        public StandInFeed Feed { get; }

        public Uri Url => new(_app.Urls.First());

        public static async Task<StandIn> StartAsync(RunningSimulator simulator, Func<JsonElement, string> says)
        {
            var service = new StandIn(simulator, says);
            await service._app.StartAsync();
            return service;
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();
    }
}
