using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Reconciler.Database;

namespace Reconciler.Benchmarks;

/// <summary>Deliveries per second: the service against one transaction per webhook, and against HTTP and HMAC alone, in one run on one machine.</summary>
internal static class IngestBenchmark
{
    internal const string AdminKey = "rk_benchmark_benchmark_benchmark";

    internal static async Task<int> RunAsync(Options options)
    {
        var connections = options.Number("connections", 128);
        var warmup = TimeSpan.FromSeconds(options.Number("warmup", 15));
        var measured = TimeSpan.FromSeconds(options.Number("seconds", 20));
        var payouts = options.Number("payouts", 300_000);
        var folder = Directory.CreateTempSubdirectory("reconciler-bench-");
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("The private PostgreSQL runs on Linux only.");
        // The server's own user must be able to pass through.
        File.SetUnixFileMode(folder.FullName, File.GetUnixFileMode(folder.FullName) | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
        try
        {
            await using var cluster = await PrivateCluster.StartAsync(
                new PrivateClusterOptions { Directory = Path.Combine(folder.FullName, "postgres") }, NullLogger.Instance, CancellationToken.None);
            for (var round = 1; round <= options.Number("rounds", 1); round++)
            {
                Console.WriteLine($"Round {round}: {connections} connections, {warmup.TotalSeconds} s warm-up, {measured.TotalSeconds} s measured, {payouts} payouts registered before");
                await MeasureServiceAsync(cluster, $"service{round}", folder.FullName, payouts, connections, warmup, measured);
                await MeasureBaselineAsync(cluster, $"baseline{round}", payouts, connections, warmup, measured);
                await MeasureLimitAsync(cluster, payouts, connections, warmup, measured);
            }

            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task MeasureServiceAsync(
        PrivateCluster cluster, string database, string folder, int payouts, int connections, TimeSpan warmup, TimeSpan measured)
    {
        await cluster.CreateDatabaseAsync(database);
        await using var service = await StartServiceAsync(cluster, database, folder);
        using var http = new HttpClient { BaseAddress = service.Address, Timeout = TimeSpan.FromMinutes(10) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
        await PrepareAsync(http, payouts);
        await MeasureAsync("service", service, cluster, connections, payouts, warmup, measured);
    }

    internal static async Task<ChildProcess> StartServiceAsync(PrivateCluster cluster, string database, string folder) =>
        await ChildProcess.StartAsync(Dll("Reconciler"), [], new Dictionary<string, string>
        {
            ["ConnectionStrings__reconciler"] = cluster.ConnectionString(database),
            ["Reconciler__DataDirectory"] = Path.Combine(folder, database),
            ["Reconciler__AdminKey"] = AdminKey,
            ["Reconciler__ConnectionsFile"] = await ConnectionsFileAsync(folder),
            ["Logging__LogLevel__Default"] = "Warning",
        });

    private static async Task<string> ConnectionsFileAsync(string folder)
    {
        var connection = new
        {
            provider = "zayono",
            environment = "sandbox",
            api = new { baseUrl = "http://127.0.0.1:9", credentials = new { apiKey = "zyn_test_benchmark" } },
            webhook = new { secrets = new[] { new { id = "bench", secret = Encoding.UTF8.GetString(Webhook.Secret) } } },
            polling = new { silence = new[] { "6h" } },
        };
        var path = Path.Combine(folder, "connections.json");
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(new { connections = new Dictionary<string, object> { [Webhook.Connection] = connection } }));
        return path;
    }

    private static async Task PrepareAsync(HttpClient http, int payouts)
    {
        var lines = new StringBuilder();
        for (var number = 0; number < payouts; number++)
            lines.Append($$"""{"connection":"{{Webhook.Connection}}","providerPayoutId":"{{Webhook.PayoutId(number)}}","reference":"ref-{{number}}","amount":"25000","currency":"XOF","recipient":"+22990123456"}""").Append('\n');
        var started = TimeProvider.System.GetTimestamp();
        using var content = new StringContent(lines.ToString(), Encoding.UTF8, "application/x-ndjson");
        using var registered = await http.PostAsync("/v1/payouts", content);
        registered.EnsureSuccessStatusCode();
        var answer = await registered.Content.ReadAsStringAsync();
        var elapsed = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine($"  registered {answer.AsSpan().Count('\n')} payouts in {elapsed:F1} s ({payouts / elapsed:F0}/s)");
    }

    private static async Task MeasureBaselineAsync(
        PrivateCluster cluster, string database, int payouts, int connections, TimeSpan warmup, TimeSpan measured)
    {
        await cluster.CreateDatabaseAsync(database);
        var connectionString = new NpgsqlConnectionStringBuilder(cluster.ConnectionString(database))
        {
            NoResetOnClose = true, MaxAutoPrepare = 100, MaxPoolSize = 64,
        }.ConnectionString;
        await using var baseline = await ChildProcess.StartAsync(
            Dll("Reconciler.Benchmarks"), ["baseline"], new Dictionary<string, string> { ["BASELINE_DATABASE"] = connectionString });
        await MeasureAsync("baseline", baseline, cluster, connections, payouts, warmup, measured);
    }

    private static async Task MeasureLimitAsync(PrivateCluster cluster, int payouts, int connections, TimeSpan warmup, TimeSpan measured)
    {
        await using var limit = await ChildProcess.StartAsync(Dll("Reconciler.Benchmarks"), ["limit"], []);
        await MeasureAsync("limit", limit, cluster, connections, payouts, warmup, measured);
    }

    private static async Task MeasureAsync(
        string name, ChildProcess contender, PrivateCluster cluster, int connections, int payouts, TimeSpan warmup, TimeSpan measured)
    {
        var url = new Uri(contender.Address, $"/webhooks/{Webhook.Connection}");
        var warm = await RawLoad.RunAsync(url, connections, warmup, payouts, firstNumber: 0, TimeProvider.System);
        var (cpuBefore, postgresBefore, memoryBefore) = (contender.Cpu, PostgresCpu.Of(cluster.Postmaster), contender.ResidentBytes);
        var result = await RawLoad.RunAsync(url, connections, measured, payouts, warm.NextNumber, TimeProvider.System);
        var cpuEach = (contender.Cpu - cpuBefore).TotalMicroseconds / Math.Max(1, result.Answered);
        var postgresEach = (PostgresCpu.Of(cluster.Postmaster) - postgresBefore).TotalMicroseconds / Math.Max(1, result.Answered);
        Console.WriteLine(
            $"  {name,-9}{result.PerSecond,9:F0}/s   p50 {result.Percentile(50),6:F1} ms   p99 {result.Percentile(99),6:F1} ms   not 200: {result.Refused}" +
            $"   cpu {cpuEach:F0} us each, PostgreSQL {postgresEach:F0} us   memory {memoryBefore >> 20} -> {contender.ResidentBytes >> 20} MB");
    }

    private static string Dll(string name) => Path.Combine(AppContext.BaseDirectory, $"{name}.dll");
}
