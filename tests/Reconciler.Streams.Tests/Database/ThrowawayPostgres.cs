using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Reconciler.Database;
using Reconciler.Tests.Database;

[assembly: AssemblyFixture(typeof(Reconciler.Streams.Tests.ThrowawayPostgres))]

namespace Reconciler.Streams.Tests;

/// <summary>One real PostgreSQL for the whole run, without the service's migrations: the event tables must stand on their own.</summary>
public sealed class ThrowawayPostgres : IAsyncLifetime
{
    private readonly Lazy<Task<NpgsqlDataSource>> _shared;
    private TemporaryFolder? _folder;
    private PrivateCluster? _cluster;
    private int _databases;

    public ThrowawayPostgres() => _shared = new Lazy<Task<NpgsqlDataSource>>(WithEventTablesAsync);

    public async ValueTask InitializeAsync()
    {
        await TemporaryFolder.RemoveLeftoversAsync();
        _folder = TemporaryFolder.New();
        var options = new PrivateClusterOptions
        {
            Directory = _folder.Path,
            Settings = new Dictionary<string, string> { ["max_connections"] = "100", ["shared_buffers"] = "64MB", ["fsync"] = "off" },
        };
        _cluster = await PrivateCluster.StartAsync(options, NullLogger.Instance, CancellationToken.None);
    }

    /// <summary>A new database with the event tables. Nothing is found by a search path: SQL must name the schema.</summary>
    public async Task<NpgsqlDataSource> WithEventTablesAsync()
    {
        var name = $"streams_{Interlocked.Increment(ref _databases)}";
        await _cluster!.CreateDatabaseAsync(name);
        var database = NpgsqlDataSource.Create(
            _cluster.ConnectionString(name) + ";Pooling=false;Persist Security Info=true;Search Path=pg_catalog");
        foreach (var script in SchemaScripts.All)
        {
            await database.ExecuteAsync(script.Sql);
        }

        return database;
    }

    /// <summary>One such database for the tests that look at their own streams only.</summary>
    public Task<NpgsqlDataSource> SharedAsync() => _shared.Value;

    public async ValueTask DisposeAsync()
    {
        await (_cluster?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder?.Dispose();
    }
}
