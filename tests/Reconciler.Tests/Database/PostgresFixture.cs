using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Reconciler.Database;
using Reconciler.Tests.Database;

[assembly: AssemblyFixture(typeof(PostgresFixture))]

namespace Reconciler.Tests.Database;

/// <summary>
/// One real PostgreSQL for the whole run, in a folder of its own; each caller of <see cref="NewDatabaseAsync"/> gets a migrated
/// database of its own. Take it as a constructor parameter.
/// </summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private const string Template = "migrated";
    private PrivateCluster? cluster;
    private TemporaryFolder? folder;
    private int databases;

    /// <summary>For tests that restart the server or need an empty database. Others share it: do not stop it.</summary>
    public PrivateCluster Cluster => cluster ?? throw new InvalidOperationException("The fixture has not started.");

    public async ValueTask InitializeAsync()
    {
        await TemporaryFolder.RemoveLeftoversAsync();
        folder = TemporaryFolder.New();
        cluster = await PrivateCluster.StartAsync(Options(folder.Path), NullLogger.Instance, CancellationToken.None);
        await cluster.CreateDatabaseAsync(Template);

        // Unpooled: nobody may be connected to a template while it is copied.
        await using var database = NpgsqlDataSource.Create(cluster.ConnectionString(Template) + ";Pooling=false");
        await Migrations.ApplyAsync(database, NullLogger.Instance, CancellationToken.None);
    }

    /// <summary>Durable like in production, but small: the databases of all tests live in it side by side.</summary>
    public static PrivateClusterOptions Options(string directory) => new()
    {
        Directory = directory,
        Settings = new Dictionary<string, string>
        {
            ["max_connections"] = "300",
            ["shared_buffers"] = "64MB",
            ["max_wal_size"] = "512MB",
        },
    };

    /// <summary>A connection string to a new database with the whole schema and no rows.</summary>
    public Task<string> NewDatabaseAsync() => CreateAsync($" template {Template}");

    /// <summary>A connection string to a new database with nothing in it.</summary>
    public Task<string> NewEmptyDatabaseAsync() => CreateAsync("");

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await (cluster?.DisposeAsync() ?? ValueTask.CompletedTask);
        folder?.Dispose();
    }

    private async Task<string> CreateAsync(string like)
    {
        var name = $"test_{Interlocked.Increment(ref databases)}";
        await using var connection = new NpgsqlConnection(Cluster.ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand($"create database {name}{like}", connection);
        await create.ExecuteNonQueryAsync();
        return Cluster.ConnectionString(name);
    }
}
