using Npgsql;
using Reconciler.Appending;
using Reconciler.Database;
using Reconciler.Streams;

namespace Reconciler.Hosting;

/// <summary>
/// The database of this node: the one that <c>ConnectionStrings:reconciler</c> names, else a private PostgreSQL in the data directory
/// that starts and stops with the service. Migrated when this is opened.
/// </summary>
public sealed class ServiceDatabase : IAsyncDisposable
{
    private const string DatabaseName = "reconciler";
    private const string DefaultDataDirectory = ".data";
    private const int PoolMax = 40;
    private const int ConnectTimeoutSeconds = 5;
    private const int CommandTimeoutSeconds = 30;

    private readonly PrivateCluster? cluster;

    private ServiceDatabase(PrivateCluster? cluster, NpgsqlDataSource source) => (this.cluster, Source) = (cluster, source);

    public NpgsqlDataSource Source { get; }

    /// <summary>Opens the database before the service is built, with the log as it will be, and hands it to the service.</summary>
    public static async Task<ServiceDatabase> OpenForAsync(WebApplicationBuilder builder)
    {
        using var provider = new ServiceCollection().AddLogging(logging => StructuredLogs.Configure(logging, builder.Configuration)).BuildServiceProvider();
        var database = await OpenAsync(builder.Configuration, provider.GetRequiredService<ILoggerFactory>(), CancellationToken.None);
        builder.Services.AddSingleton(database.Source);
        return database;
    }

    /// <exception cref="PrivateClusterFault">The private PostgreSQL cannot be had; the message says what to do.</exception>
    /// <exception cref="MigrationFault">The database is not one that this program may change.</exception>
    public static async Task<ServiceDatabase> OpenAsync(IConfiguration configuration, ILoggerFactory logs, CancellationToken cancellation)
    {
        var log = logs.CreateLogger<ServiceDatabase>();
        PrivateCluster? cluster = null;
        if (configuration.GetConnectionString(DatabaseName) is not { Length: > 0 } connectionString)
        {
            var directory = Path.Combine(DataDirectory(configuration), "postgres");
            cluster = await PrivateCluster.StartAsync(new PrivateClusterOptions { Directory = directory }, log, cancellation);
            await cluster.CreateDatabaseAsync(DatabaseName, cancellation);
            connectionString = cluster.ConnectionString(DatabaseName);
        }

        var database = new ServiceDatabase(cluster, CreateSource(connectionString, logs));
        try
        {
            await Migrations.ApplyAsync(database.Source, log, cancellation);
            await StateLayout.EnsureAsync(database.Source, new EventReader(PayoutStreams.Registry), log, cancellation);
            return database;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// As <see cref="OpenAsync"/>, for a command: where a service holds the private PostgreSQL already, that one is used and goes on when
    /// this is disposed.
    /// </summary>
    public static async Task<ServiceDatabase> OpenBesideAsync(IConfiguration configuration, CancellationToken cancellation)
    {
        using var logs = new LoggerFactory();
        if (configuration.GetConnectionString(DatabaseName) is { Length: > 0 }) return await OpenAsync(configuration, logs, cancellation);
        var directory = Path.GetFullPath(Path.Combine(DataDirectory(configuration), "postgres"));
        if (!Directory.Exists(directory)) return await OpenAsync(configuration, logs, cancellation);
        using (var held = DirectoryLock.TryTake(directory))
        {
            if (held is null) return new ServiceDatabase(null, CreateSource(await PrivateCluster.RunningAsync(directory, DatabaseName, cancellation), logs));
        }

        return await OpenAsync(configuration, logs, cancellation);
    }

    /// <summary>Where this node keeps its files: <c>Reconciler:DataDirectory</c>, else <c>.data</c>.</summary>
    public static string DataDirectory(IConfiguration configuration) =>
        configuration["Reconciler:DataDirectory"] is { Length: > 0 } named ? named : DefaultDataDirectory;

    private static NpgsqlDataSource CreateSource(string connectionString, ILoggerFactory logs)
    {
        var given = new NpgsqlConnectionStringBuilder(connectionString)
        {
            // A 2xx means committed, whatever the server's default is; a plan made while a table was empty must not be kept; and our
            // queries are short: compiling one takes longer than any of them.
            Options = "-c synchronous_commit=on -c plan_cache_mode=force_custom_plan -c jit=off",
            NoResetOnClose = true,
            MaxAutoPrepare = 100,
            MaxPoolSize = PoolMax,
            Timeout = ConnectTimeoutSeconds,
            CommandTimeout = CommandTimeoutSeconds,
            IncludeErrorDetail = false,
            ApplicationName = "reconciler",
        };
        return new NpgsqlDataSourceBuilder(given.ConnectionString).UseLoggerFactory(logs).Build();
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        if (cluster is not null) await cluster.DisposeAsync();
    }
}
