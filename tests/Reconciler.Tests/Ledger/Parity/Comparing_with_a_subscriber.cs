using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;
using Reconciler.Tests.Ledger.Subscriptions;

namespace Reconciler.Tests.Ledger.Parity;

/// <summary><c>PARITY_PAYOUTS</c> tells how many payouts the large comparison has: 5,000 unless given.</summary>
public sealed class Comparing_with_a_subscriber(PostgresFixture postgres, ITestOutputHelper output)
{
    private const int PayoutsUnlessGiven = 5_000;

    // Three changes for each payout, in three rounds: pending, processing, succeeded.
    private const string Fill = """
        insert into reconciler.changes (position, epoch, stream_id, status_version, kind, body, recorded_at)
        select (version - 1) * $1 + n, installation.epoch, 'zopay-test/p-' || n, version, 'payout.status_changed',
            jsonb_build_object(
                'id', gen_random_uuid(), 'kind', 'payout.status_changed', 'payout', 'zopay-test/p-' || n, 'statusVersion', version,
                'from', (array[null, 'pending', 'processing'])[version], 'to', (array['pending', 'processing', 'succeeded'])[version]),
            now()
        from reconciler.installation, generate_series(1, 3) as version, generate_series(1, $1) as n
        """;

    private const string FillPayouts = """
        insert into reconciler.payouts
            (stream_id, connection, provider, provider_payout_id, status, final, confidence, rule, status_version, open_discrepancies,
             first_seen_at, version, state, poll_faults)
        select 'zopay-test/p-' || n, 'zopay-test', 'zopay', 'p-' || n, 'succeeded', true, 'reported', 'webhook_final', 3, '{}', now(), 3, '{}', 0
        from generate_series(1, $1) as n
        """;

    [Fact]
    public async Task Names_each_kind_of_difference_each_bad_line_and_the_counts()
    {
        await using var service = await ServiceHost.StartAsync(postgres, new StoppedClock(StoppedClock.Noon));
        var subscription = await FilledAsync(service, 6);

        await Golden.ShouldMatchAsync(await CompareAsync(service, subscription, """
            {"position": 18}
            {"payout": "zopay-test/p-2", "statusVersion": 3, "status": "succeeded"}
            {"payout": "zopay-test/p-1", "statusVersion": 2, "status": "processing"}

            no JSON at all
            {"payout": "zopay-test/p-3", "statusVersion": 4}
            {"payout": "zopay-test/p-4", "statusVersion": 3, "status": "failed"}
            {"payout": "zopay-test/p-99", "statusVersion": 1}
            {"payout": "nobody", "statusVersion": 1}
            {"payout": "zopay-test/p-5", "statusVersion": "3"}
            {"payout": "zopay-test/p-5", "statusVersion": 3, "status": "vanished"}
            {"payout": "zopay-test/p-5", "statusVersion": 3, "extra": 1}
            {"payout": "zopay-test/p-5"}
            {"payout": "zopay-test/p-5", "statusVersion": 3, "statusVersion": 3}
            {"position": 18}
            """), "parity");
    }

    [Fact]
    public async Task Changes_after_the_position_are_no_differences()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        var subscription = await FilledAsync(service, 6);

        // At 9, the first three have their second version and the others their first; who is further has taken in what came since.
        var answer = await LinesAsync(await CompareAsync(service, subscription, """
            {"position": "9"}
            {"payout": "zopay-test/p-1", "statusVersion": 2, "status": "processing"}
            {"payout": "zopay-test/p-2", "statusVersion": 3, "status": "succeeded"}
            {"payout": "zopay-test/p-3", "statusVersion": 1, "status": "pending"}
            {"payout": "zopay-test/p-4", "statusVersion": 1, "status": "pending"}
            {"payout": "zopay-test/p-5", "statusVersion": 2, "status": "pending"}
            """));

        answer.Select(line => (string?)line["payout"] + " " + line["difference"]).ShouldBe(
            ["zopay-test/p-3 behind", "zopay-test/p-5 status_differs", "zopay-test/p-6 missing", " "]);
        ((long)answer[^1]["same"]!).ShouldBe(3);

        var before = await LinesAsync(await CompareAsync(service, subscription, """{"position": 0}"""));
        before.ShouldHaveSingleItem("Nothing was there yet, so nothing is missing.");
    }

    [Fact]
    public async Task A_position_of_another_history_is_refused()
    {
        await using var service = await ServiceHost.StartAsync(postgres, new StoppedClock(StoppedClock.Noon));
        var subscription = await FilledAsync(service, 1);

        await Golden.ShouldMatchAsync(await CompareAsync(service, subscription, """{"position": 4}"""), "parity-ahead");
        await Golden.ShouldMatchAsync(
            await CompareAsync(service, subscription, """{"position": 1, "epoch": "00000000-0000-4000-8000-000000000000"}"""), "parity-other-epoch");
        (await service.Http.PostAsync($"/v1/subscriptions/{subscription["id"]}/parity", new StringContent("{}", Encoding.UTF8, "application/json")))
            .StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await LinesAsync(await CompareAsync(service, subscription, ""))).ShouldHaveSingleItem("An empty body claims nothing up to the cursor, which is at the start.");
    }

    [Fact]
    public async Task Many_payouts_in_any_order_are_compared_in_bounded_memory()
    {
        var payouts = int.Parse(Environment.GetEnvironmentVariable("PARITY_PAYOUTS") ?? $"{PayoutsUnlessGiven}", CultureInfo.InvariantCulture);
        await using var service = await ServiceHost.StartAsync(postgres);
        var subscription = await FilledAsync(service, payouts);
        await Subscribers.DoAsync(service.Http, subscription, "pause");
        GC.Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var highest = before;
        using var watch = new Timer(_ => highest = Math.Max(highest, GC.GetTotalMemory(forceFullCollection: false)), null, 0, 50);
        var started = Stopwatch.GetTimestamp();

        // Every tenth is left out, every seventh of the rest is a version behind; they come backwards.
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/subscriptions/{subscription["id"]}/parity") { Content = new Claims(payouts) };
        using var response = await service.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var (lines, last) = (0, "");
        while (await reader.ReadLineAsync() is { } line) (lines, last) = (lines + 1, line);

        output.WriteLine($"{payouts} payouts: {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s, {(highest - before) / 1048576.0:F1} MB more at the highest (both ends), {lines} lines.");
        var counts = JsonNode.Parse(last)!;
        var kept = Enumerable.Range(1, payouts).Where(n => n % 10 != 0).ToList();
        ((long)counts["missing"]!).ShouldBe(payouts / 10);
        ((long)counts["behind"]!).ShouldBe(kept.Count(n => n % 7 == 0));
        ((long)counts["lines"]!).ShouldBe(kept.Count);
        ((long)counts["same"]!).ShouldBe(kept.Count(n => n % 7 != 0));
        lines.ShouldBe(payouts / 10 + kept.Count(n => n % 7 == 0) + 1);
        if (payouts >= 100_000) (highest - before).ShouldBeLessThan(payouts * 100L, "Far less than the lines themselves.");
    }

    private static async Task<JsonNode> FilledAsync(ServiceHost service, int payouts)
    {
        var subscription = await Subscribers.SubscribeAsync(service.Http, new JsonObject { ["url"] = "https://ledger.example.com/" });
        await Subscribers.DoAsync(service.Http, subscription, "pause");
        foreach (var fill in (string[])[Fill, FillPayouts])
        {
            await using var command = service.Database.CreateCommand(fill);
            command.CommandTimeout = 600;
            command.Parameters.Add(new Npgsql.NpgsqlParameter<int> { TypedValue = payouts });
            await command.ExecuteNonQueryAsync();
        }

        await using var head = service.Database.CreateCommand($"update reconciler.feed_head set position = {3L * payouts}");
        await head.ExecuteNonQueryAsync();
        return subscription;
    }

    private static Task<HttpResponseMessage> CompareAsync(ServiceHost service, JsonNode subscription, string lines) =>
        service.Http.PostAsync($"/v1/subscriptions/{subscription["id"]}/parity", new StringContent(lines, Encoding.UTF8, "application/x-ndjson"));

    private static async Task<IReadOnlyList<JsonNode>> LinesAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }

    private sealed class Claims : HttpContent
    {
        private readonly int payouts;

        public Claims(int payouts)
        {
            this.payouts = payouts;
            Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes($$"""{"position":{{3L * payouts}}}""" + "\n"));
            for (var n = payouts; n > 0; n--)
            {
                if (n % 10 == 0) continue;
                var (version, status) = n % 7 == 0 ? (2, "processing") : (3, "succeeded");
                await stream.WriteAsync(Encoding.UTF8.GetBytes(
                    $$"""{"payout":"zopay-test/p-{{n}}","statusVersion":{{version}},"status":"{{status}}"}""" + "\n"));
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
