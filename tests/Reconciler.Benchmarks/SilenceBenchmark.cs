using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Reconciler.Database;

namespace Reconciler.Benchmarks;

/// <summary>
/// So many payouts fall silent at once: how fast the clock asks when nothing forbids it, what that does to ingest; and, with a budget,
/// that two nodes together keep it.
/// </summary>
internal static class SilenceBenchmark
{
    private const string AdminKey = "rk_benchmark_benchmark_benchmark";
    private const string Silent = "pawapay-sim";
    private const string Nowhere = "http://127.0.0.1:9";
    private static readonly TimeSpan SilenceStep = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(8);

    internal static async Task<int> RunAsync(Options options)
    {
        var payouts = options.Number("payouts", 100_000);
        var budget = options.Number("budget", 0);
        var folder = Directory.CreateTempSubdirectory("reconciler-bench-");
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("The private PostgreSQL runs on Linux only.");
        File.SetUnixFileMode(folder.FullName, File.GetUnixFileMode(folder.FullName) | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
        try
        {
            await using var cluster = await PrivateCluster.StartAsync(
                new PrivateClusterOptions { Directory = Path.Combine(folder.FullName, "postgres") }, NullLogger.Instance, CancellationToken.None);
            await cluster.CreateDatabaseAsync("silence");
            await using var simulator = await ChildProcess.StartAsync(
                Path.Combine(AppContext.BaseDirectory, "Reconciler.Simulator.dll"), ["serve", "--service", Nowhere], []);
            var environment = new Dictionary<string, string>
            {
                ["ConnectionStrings__reconciler"] = cluster.ConnectionString("silence"),
                ["Reconciler__DataDirectory"] = folder.FullName,
                ["Reconciler__AdminKey"] = AdminKey,
                ["Reconciler__ConnectionsFile"] = await ConnectionsFileAsync(simulator.Address, folder.FullName, budget),
                ["Logging__LogLevel__Default"] = "Warning",
            };
            var service = Path.Combine(AppContext.BaseDirectory, "Reconciler.dll");
            await using var node = await ChildProcess.StartAsync(service, [], environment);
            await using var other = budget > 0 ? await ChildProcess.StartAsync(service, [], environment) : null;
            await using var database = NpgsqlDataSource.Create(cluster.ConnectionString("silence"));
            await AnnounceAsync(simulator.Address, node.Address, payouts);
            if (budget > 0) await WatchBudgetAsync(database, budget);
            else await WatchSpeedAsync(database, node, payouts);
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> ConnectionsFileAsync(Uri simulator, string folder, int budget)
    {
        using var http = new HttpClient { BaseAddress = simulator };
        var document = JsonNode.Parse(await http.GetStringAsync($"/sim/connections?service={Nowhere}"))!;
        var silent = document["connections"]![Silent]!.DeepClone();
        silent["polling"] = new JsonObject
        {
            ["silence"] = new JsonArray($"{SilenceStep.TotalSeconds}s"),
            ["budget"] = budget > 0 ? new JsonArray(new JsonObject { ["requests"] = budget, ["per"] = "1m" }) : [],
        };
        var heard = JsonNode.Parse($$$"""
            {"provider": "zayono", "environment": "sandbox", "api": {"baseUrl": "{{{Nowhere}}}", "credentials": {"apiKey": "zyn_test_benchmark"}},
             "webhook": {"secrets": [{"id": "bench", "secret": "{{{Encoding.UTF8.GetString(Webhook.Secret)}}}"}]}, "polling": {"silence": ["6h"]}}
            """);
        var path = Path.Combine(folder, "connections.json");
        await File.WriteAllTextAsync(path, new JsonObject
        {
            ["connections"] = new JsonObject { [Silent] = silent, [Webhook.Connection] = heard },
        }.ToJsonString());
        return path;
    }

    private static async Task AnnounceAsync(Uri simulator, Uri service, int payouts)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(5) };
        using var started = await http.PostAsJsonAsync(new Uri(simulator, "/sim/payouts"), new
        {
            connection = Silent, count = payouts, amount = 5000, currency = "XOF", outcome = "succeeded", finalAfterMs = 0, webhooks = new { drop = true },
        });
        started.EnsureSuccessStatusCode();
        var lines = new StringBuilder();
        foreach (var one in JsonNode.Parse(await started.Content.ReadAsStringAsync())!["payouts"]!.AsArray())
            lines.Append($$"""{"connection":"{{Silent}}","providerPayoutId":"{{one!["providerPayoutId"]}}","reference":"silent","amount":"5000","currency":"XOF"}""").Append('\n');
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
        using var announced = await http.PostAsync(new Uri(service, "/v1/payouts"), new StringContent(lines.ToString(), Encoding.UTF8, "application/x-ndjson"));
        announced.EnsureSuccessStatusCode();
        await announced.Content.ReadAsStringAsync();
        Console.WriteLine($"{payouts} payouts announced; no webhook of theirs will come");
    }

    private static async Task WatchSpeedAsync(NpgsqlDataSource database, ChildProcess node, int payouts)
    {
        var webhooks = new Uri(node.Address, $"/webhooks/{Webhook.Connection}");
        var calm = await RawLoad.RunAsync(webhooks, connections: 4, TimeSpan.FromSeconds(10), payouts: 1_000_000, firstNumber: 0, TimeProvider.System);
        Console.WriteLine($"ingest while nothing is due   {calm.PerSecond,7:F0}/s   p50 {calm.Percentile(50):F1} ms   p99 {calm.Percentile(99):F1} ms");
        var started = TimeProvider.System.GetTimestamp();
        long before;
        while ((before = await FinalAsync(database)) == 0 && TimeProvider.System.GetElapsedTime(started) < PatienceMax) await PauseAsync();
        var memory = node.ResidentBytes;
        var first = TimeProvider.System.GetTimestamp();
        var load = RawLoad.RunAsync(webhooks, connections: 4, TimeSpan.FromSeconds(15), payouts: 1_000_000, calm.NextNumber, TimeProvider.System);
        var (fastest, last) = (0d, first);
        while (before < payouts && TimeProvider.System.GetElapsedTime(started) < PatienceMax)
        {
            await PauseAsync();
            var now = await FinalAsync(database);
            var elapsed = TimeProvider.System.GetElapsedTime(last).TotalSeconds;
            last = TimeProvider.System.GetTimestamp();
            fastest = Math.Max(fastest, (now - before) / elapsed);
            before = now;
        }

        var total = TimeProvider.System.GetElapsedTime(first).TotalSeconds;
        var busy = await load;
        Console.WriteLine($"ingest while all are due      {busy.PerSecond,7:F0}/s   p50 {busy.Percentile(50):F1} ms   p99 {busy.Percentile(99):F1} ms   not 200: {busy.Refused}");
        Console.WriteLine($"{before} of {payouts} final by polls in {total:F0} s: {payouts / total:F0} polls/s on average, {fastest:F0}/s at best; memory {memory >> 20} -> {node.ResidentBytes >> 20} MB");
    }

    private static async Task WatchBudgetAsync(NpgsqlDataSource database, int budget)
    {
        await Task.Delay(SilenceStep + TimeSpan.FromSeconds(150), TimeProvider.System);
        await using var query = database.CreateCommand("""
            with answered as (select (data ->> 'observedAt')::timestamptz as at from reconciler.mt_events where type = 'poll_answered')
            select count(*), coalesce(max((select count(*) from answered as near where near.at >= one.at and near.at < one.at + interval '1 minute')), 0)
            from answered as one
            """);
        await using var row = await query.ExecuteReaderAsync();
        await row.ReadAsync();
        Console.WriteLine($"two nodes, budget {budget}/min, 150 s: {row.GetInt64(0)} polls, at most {row.GetInt64(1)} in any minute");
    }

    private static async Task<long> FinalAsync(NpgsqlDataSource database)
    {
        await using var query = database.CreateCommand("select count(*) from reconciler.payouts where final and connection = $1");
        query.Parameters.Add(new NpgsqlParameter { Value = Silent });
        return (long)(await query.ExecuteScalarAsync())!;
    }

    private static Task PauseAsync() => Task.Delay(LookEvery, TimeProvider.System);
}
