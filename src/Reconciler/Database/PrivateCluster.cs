using System.Globalization;
using System.Security.Cryptography;
using Npgsql;

namespace Reconciler.Database;

/// <summary>
/// A PostgreSQL of our own: made in a directory on the first start, found again on the next, reachable on loopback with a password only
/// we know, stopped when this is disposed and, by a guard, when this process is killed.
/// </summary>
public sealed class PrivateCluster : IAsyncDisposable
{
    public const string User = "reconciler";

    private const int StartAttemptsMax = 5;
    private readonly PrivateClusterOptions options;
    private readonly ILogger logger;
    private readonly DirectoryLock held;
    private readonly ServerAccount account;
    private readonly ServerFiles files;
    private readonly EarlierServer server;
    private PostgresBinaries? binaries;
    private ServerGuard? guard;
    private string password = "";
    private bool disposed;

    private PrivateCluster(PrivateClusterOptions options, ILogger logger, DirectoryLock held, ServerAccount account)
    {
        (this.options, this.logger, this.held, this.account) = (options, logger, held, account);
        files = new ServerFiles(ServerDirectory(options.Directory), account);
        server = new EarlierServer(files, account, options.Clock);
    }

    /// <summary>The TCP port on 127.0.0.1. It stays the same until this is disposed.</summary>
    public int Port { get; private set; }

    /// <summary>The server's first process. Another one after each restart.</summary>
    public int Postmaster { get; private set; }

    /// <summary>Makes or finds the cluster and starts its server; returns when it answers.</summary>
    /// <exception cref="PrivateClusterFault">It cannot be had; the message says what to do.</exception>
    public static async Task<PrivateCluster> StartAsync(PrivateClusterOptions options, ILogger logger, CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PrivateClusterFault("The private PostgreSQL runs on Linux only. Point ConnectionStrings__reconciler to a database of yours.");
        }

        options = options with { Directory = Path.GetFullPath(options.Directory) };
        Directory.CreateDirectory(options.Directory);
        var held = DirectoryLock.TryTake(options.Directory) ?? throw new PrivateClusterFault(
            $"Another service (process {DirectoryLock.Owner(options.Directory)}) uses the data directory '{options.Directory}'. Stop it, or name another directory.");
        PrivateCluster? cluster = null;
        try
        {
            var account = await ServerAccount.ForAsync(ServerDirectory(options.Directory), options.ServerUser, options.Clock, cancellation);
            cluster = new PrivateCluster(options, logger, held, account);
            await cluster.PrepareAsync(cancellation);
            await cluster.StartServerAsync(cancellation);
            return cluster;
        }
        catch
        {
            await (cluster?.DisposeAsync() ?? ValueTask.CompletedTask);
            held.Dispose();
            throw;
        }
    }

    public string ConnectionString(string database) => ConnectionString(database, Port, password);

    /// <summary>Reaches a cluster that another process of this account started and holds.</summary>
    /// <exception cref="PrivateClusterFault">Its notes cannot be read.</exception>
    public static async Task<string> RunningAsync(string directory, string database, CancellationToken cancellation)
    {
        try
        {
            var port = int.Parse(await File.ReadAllTextAsync(Path.Combine(directory, "port"), cancellation), CultureInfo.InvariantCulture);
            var password = await File.ReadAllTextAsync(Path.Combine(directory, "password"), cancellation);
            return ConnectionString(database, port, password.Trim());
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new PrivateClusterFault($"The PostgreSQL that runs in '{directory}' cannot be reached: {unreadable.Message} Run this as the service's own account.");
        }
    }

    private static string ConnectionString(string database, int port, string password) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Username = User,
        Password = password,
        Database = database,
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    }.ConnectionString;

    /// <summary>Creates the database unless it exists.</summary>
    public async Task CreateDatabaseAsync(string name, CancellationToken cancellation = default)
    {
        await using var connection = await OpenAsync(cancellation);
        await using var exists = new NpgsqlCommand("select 1 from pg_database where datname = $1", connection) { Parameters = { new() { Value = name } } };
        if (await exists.ExecuteScalarAsync(cancellation) is null)
        {
            var quoted = name.Replace("\"", "\"\"", StringComparison.Ordinal);
            await using var create = new NpgsqlCommand($"create database \"{quoted}\"", connection);
            await create.ExecuteNonQueryAsync(cancellation);
        }
    }

    /// <summary>Restarts the server on the same port.</summary>
    /// <param name="immediate">As in a crash: no checkpoint, open transactions are lost, the start recovers from the log.</param>
    public async Task RestartAsync(bool immediate, CancellationToken cancellation = default)
    {
        var mode = immediate ? "immediate" : "fast";
        PrivateClusterLog.Restarting(logger, options.Directory, mode);
        var restarted = await ControlAsync(cancellation, "restart", "-m", mode, "-l", files.StartLog);
        if (!restarted.Succeeded)
        {
            throw new PrivateClusterFault($"PostgreSQL did not restart: {restarted.Said}\n{await files.LastWordsAsync(cancellation)}");
        }

        await WatchAsync(cancellation);
    }

    /// <summary>Stops the server orderly and gives the directory back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        try
        {
            if (binaries is not null)
            {
                await server.StopAsync(binaries, options.StopTimeout, CancellationToken.None);
                PrivateClusterLog.Stopped(logger, options.Directory);
            }
        }
        catch (PrivateClusterFault fault)
        {
            PrivateClusterLog.StopFailed(logger, fault, options.Directory);
        }
        finally
        {
            guard?.Dispose();
            held.Dispose();
        }
    }

    private static string ServerDirectory(string directory) => Path.Combine(directory, "server");

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        await files.PrepareAsync(cancellation);
        var major = await files.MajorAsync(cancellation);
        var found = binaries = PostgresBinaries.Find(options.BinariesDirectory, major);
        var secret = Path.Combine(options.Directory, "password");
        if (major is null)
        {
            password = RandomNumberGenerator.GetHexString(64, lowercase: true);
            await SecretFile.WriteAsync(secret, password, cancellation);
            PrivateClusterLog.Initializing(logger, found.Major, options.Directory);
            await files.InitializeAsync(found, User, password, cancellation);
            return;
        }

        password = File.Exists(secret) ? await File.ReadAllTextAsync(secret, cancellation) : throw new PrivateClusterFault(
            $"The cluster in '{options.Directory}' is there, but its password file '{secret}' is missing. Put it back from a backup.");
        if (await server.StopAsync(found, options.StopTimeout, cancellation))
        {
            PrivateClusterLog.StoppedEarlier(logger, options.Directory);
        }
    }

    private async Task StartServerAsync(CancellationToken cancellation)
    {
        guard = ServerGuard.Start(account, files.Data);
        for (var attempt = 1; ; attempt++)
        {
            Port = ServerPort.Choose(Path.Combine(options.Directory, "port"));
            await files.WriteSettingsAsync(ServerSettings.File(Port, options.Settings), cancellation);
            var started = await ControlAsync(cancellation, "start", "-l", files.StartLog);
            if (started.Succeeded)
            {
                break;
            }

            if (attempt == StartAttemptsMax || ServerPort.IsFree(Port))
            {
                throw new PrivateClusterFault($"PostgreSQL did not start: {started.Said}\n{await files.LastWordsAsync(cancellation)}");
            }

            PrivateClusterLog.PortTaken(logger, Port);
        }

        await WatchAsync(cancellation);
        await using var answers = await OpenAsync(cancellation);
        PrivateClusterLog.Started(logger, binaries!.Major, Port, options.Directory, Postmaster);
    }

    private async Task WatchAsync(CancellationToken cancellation)
    {
        Postmaster = await server.PostmasterAsync(cancellation) ?? throw new PrivateClusterFault("PostgreSQL ended right after its start.");
        guard?.Watch(Postmaster);
    }

    private Task<CommandResult> ControlAsync(CancellationToken cancellation, params string[] arguments)
    {
        var seconds = ((int)options.StartTimeout.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        string[] line = [.. arguments, "-D", files.Data, "-w", "-t", seconds];
        return account.RunAsync(binaries!.Program("pg_ctl"), line, cancellation, timeout: options.StartTimeout + TimeSpan.FromSeconds(30));
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString("postgres")) { Pooling = false }.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellation);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
