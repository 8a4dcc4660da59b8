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
    private const int SecondsDefault = 15;

    internal static async Task<int> RunAsync(Options options)
    {
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("The private PostgreSQL runs on Linux only.");
        var (payouts, keep) = (options.Number("payouts", 2_000_000), options.Text("keep"));
        var folder = keep is null ? Directory.CreateTempSubdirectory("reconciler-bench-") : Directory.CreateDirectory(keep);
        // The server's own user must be able to pass through.
        File.SetUnixFileMode(folder.FullName, File.GetUnixFileMode(folder.FullName) | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
        try
        {
            await using var cluster = await PrivateCluster.StartAsync(
                new PrivateClusterOptions { Directory = Path.Combine(folder.FullName, "postgres") }, NullLogger.Instance, CancellationToken.None);
            await MeasureAsync(cluster, folder.FullName, payouts, options);
            return 0;
        }
        finally
        {
            if (keep is null) folder.Delete(recursive: true);
        }
    }

    private static async Task MeasureAsync(PrivateCluster cluster, string folder, int payouts, Options options)
    {
        var clock = TimeProvider.System;
        await cluster.CreateDatabaseAsync("finance");
        await using var database = NpgsqlDataSource.Create(cluster.ConnectionString("finance") + ";Command Timeout=600");
        await Migrations.ApplyAsync(database, NullLogger.Instance, CancellationToken.None);
        if (await CountAsync(database, "select count(*) from reconciler.payouts") is var before and > 0) Console.WriteLine($"  {before} payouts were kept of an earlier run");
        else await new FinanceData(database, clock).FillAsync(payouts);
        if (options.Number("seconds", SecondsDefault) is var seconds and > 0)
        {
            await using var service = await StartAsync(cluster, folder);
            using var http = new HttpClient { BaseAddress = service.Address, Timeout = TimeSpan.FromMinutes(20) };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
            var first = await CountAsync(database, $"select count(*) from reconciler.payouts where connection = '{Webhook.Connection}'");
            var readers = new FinanceReaders(http, service, cluster, clock, TimeSpan.FromSeconds(seconds));
            await readers.MeasureAsync(payouts, first, options.Number("readers", 20), options.Number("webhooks", 500), options.Text("only"));
            if (options.Number("export", 1) == 1) await FinanceExport.MeasureAsync(http, service, clock);
        }

        if (options.Number("verify", 1) == 1) await VerifyAsync(database, clock);
    }

    private static async Task<ChildProcess> StartAsync(PrivateCluster cluster, string folder) =>
        await ChildProcess.StartAsync(Path.Combine(AppContext.BaseDirectory, "Reconciler.dll"), [], new Dictionary<string, string>
        {
            ["ConnectionStrings__reconciler"] = cluster.ConnectionString("finance"),
            ["Reconciler__DataDirectory"] = folder,
            ["Reconciler__AdminKey"] = AdminKey,
            ["Reconciler__ConnectionsFile"] = await ConnectionsFileAsync(folder),
            ["Logging__LogLevel__Default"] = "Warning",
        });

    private static async Task<long> CountAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
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
