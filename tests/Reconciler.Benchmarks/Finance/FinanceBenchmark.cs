using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Reconciler.Database;
using Reconciler.Verifying;

namespace Reconciler.Benchmarks.Finance;

/// <summary>The finance team's queries on years' worth of payouts: twenty readers at once while webhooks come, then exports, a past day, and verify.</summary>
internal static class FinanceBenchmark
{
    private const string AdminKey = "rk_benchmark_benchmark_benchmark";

    internal static async Task<int> RunAsync(Options options)
    {
        var (payouts, readers) = (options.Number("payouts", 2_000_000), options.Number("readers", 20));
        var (seconds, webhooks) = (TimeSpan.FromSeconds(options.Number("seconds", 15)), options.Number("webhooks", 500));
        var folder = Directory.CreateTempSubdirectory("reconciler-bench-");
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("The private PostgreSQL runs on Linux only.");
        File.SetUnixFileMode(folder.FullName, File.GetUnixFileMode(folder.FullName) | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
        try
        {
            var clock = TimeProvider.System;
            await using var cluster = await PrivateCluster.StartAsync(
                new PrivateClusterOptions { Directory = Path.Combine(folder.FullName, "postgres") }, NullLogger.Instance, CancellationToken.None);
            await cluster.CreateDatabaseAsync("finance");
            await using var database = NpgsqlDataSource.Create(cluster.ConnectionString("finance") + ";Command Timeout=600");
            await Migrations.ApplyAsync(database, NullLogger.Instance, CancellationToken.None);
            await new FinanceData(database, clock).FillAsync(payouts);
            await using (var service = await ChildProcess.StartAsync(Path.Combine(AppContext.BaseDirectory, "Reconciler.dll"), [], new Dictionary<string, string>
            {
                ["ConnectionStrings__reconciler"] = cluster.ConnectionString("finance"),
                ["Reconciler__DataDirectory"] = folder.FullName,
                ["Reconciler__AdminKey"] = AdminKey,
                ["Reconciler__ConnectionsFile"] = await ConnectionsFileAsync(folder.FullName),
                ["Logging__LogLevel__Default"] = "Warning",
            }))
            {
                using var http = new HttpClient { BaseAddress = service.Address, Timeout = TimeSpan.FromMinutes(20) };
                http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
                await FinanceReaders.MeasureAsync(http, service, payouts, readers, webhooks, seconds, clock);
                await FinanceReaders.MeasureExportAsync(http, service, clock);
            }

            if (options.Number("verify", 1) == 1) await VerifyAsync(database, clock);
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task VerifyAsync(NpgsqlDataSource database, TimeProvider clock)
    {
        var started = clock.GetTimestamp();
        var findings = await new Verification(database, clock).RunAsync(finding => Console.WriteLine($"  {finding}"), _ => { }, CancellationToken.None);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  verify: {findings} findings in {clock.GetElapsedTime(started).TotalSeconds:F0} s"));
    }

    private static async Task<string> ConnectionsFileAsync(string folder)
    {
        var connection = new
        {
            provider = "zayono",
            environment = "sandbox",
            api = new { baseUrl = "http://127.0.0.1:9", credentials = new { apiKey = "zyn_test_benchmark" } },
            webhook = new { secrets = new[] { new { id = "bench", secret = System.Text.Encoding.UTF8.GetString(Webhook.Secret) } } },
            polling = new { silence = new[] { "6h" } },
        };
        var path = Path.Combine(folder, "connections.json");
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(new { connections = new Dictionary<string, object> { [Webhook.Connection] = connection } }));
        return path;
    }
}
