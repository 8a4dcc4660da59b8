using System.Net.Http.Headers;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Reconciler.Database;

namespace Reconciler.Benchmarks;

/// <summary>A private PostgreSQL and a service over it, for the benchmarks of the feed.</summary>
internal sealed class FeedBench : IAsyncDisposable
{
    private const string Database = "feed";

    private readonly DirectoryInfo folder;
    private readonly PrivateCluster cluster;

    private FeedBench(DirectoryInfo folder, PrivateCluster cluster, ChildProcess service)
    {
        (this.folder, this.cluster, Service) = (folder, cluster, service);
        Http = new HttpClient { BaseAddress = service.Address, Timeout = TimeSpan.FromMinutes(10) };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", IngestBenchmark.AdminKey);
    }

    internal ChildProcess Service { get; }

    internal HttpClient Http { get; }

    internal static async Task<FeedBench> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("reconciler-bench-");
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("The private PostgreSQL runs on Linux only.");
        // The server's own user must be able to pass through.
        File.SetUnixFileMode(folder.FullName, File.GetUnixFileMode(folder.FullName) | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
        var cluster = await PrivateCluster.StartAsync(
            new PrivateClusterOptions { Directory = Path.Combine(folder.FullName, "postgres") }, NullLogger.Instance, CancellationToken.None);
        await cluster.CreateDatabaseAsync(Database);
        return new FeedBench(folder, cluster, await IngestBenchmark.StartServiceAsync(cluster, Database, folder.FullName));
    }

    /// <summary>Asks the database, past the service.</summary>
    internal async Task<T> OneAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(cluster.ConnectionString(Database) + ";Pooling=false;Command Timeout=600");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>So many changes at once, of the size that the service writes: what reading them takes does not depend on how they came.</summary>
    internal Task<long> FillAsync(int changes) => OneAsync<long>($$"""
        with head as (update reconciler.feed_head set position = position + {{changes}} returning position - {{changes}} as before),
        added as (
            insert into reconciler.changes (position, epoch, stream_id, status_version, kind, body, recorded_at)
            select before + number, (select epoch from reconciler.installation), 'zayono-bench/' || number, 1, 'payout.status_changed', jsonb_build_object(
                'id', gen_random_uuid(), 'kind', 'payout.status_changed', 'payout', 'zayono-bench/' || number, 'statusVersion', 1, 'from', 'pending',
                'to', 'succeeded', 'confidence', 'reported', 'amount', '25000', 'currency', 'XOF', 'reference', 'ref-' || number, 'failure', null,
                'discrepancy', null, 'occurredAt', '2026-11-21T14:01:00Z', 'recordedAt', '2026-11-21T14:01:01.123456Z'), now()
            from head, generate_series(1, {{changes}}) as number
            returning 1)
        select count(*) from added
        """);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Service.DisposeAsync();
        await cluster.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
