using System.Diagnostics;
using Npgsql;

[assembly: AssemblyFixture(typeof(Reconciler.Streams.Tests.ThrowawayPostgres))]

namespace Reconciler.Streams.Tests;

/// <summary>
/// A PostgreSQL of this run's own, in a temporary folder, reached by a socket in that folder: no port to collide with another run.
/// </summary>
public sealed class ThrowawayPostgres : IAsyncLifetime
{
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("rs").FullName;
    private int _databases;

    public async ValueTask InitializeAsync()
    {
        // initdb and postgres refuse to run as root.
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", "postgres", _folder);
        }

        await ServerAsync("initdb", "-D", Data, "-A", "trust", "-E", "UTF8", "--locale=C", "-U", "postgres", "--no-sync");
        await ServerAsync("pg_ctl", "-D", Data, "-w", "-l", Path.Combine(_folder, "log"),
            "-o", $"-c listen_addresses='' -k {_folder} -c fsync=off", "start");
    }

    /// <summary>A new database with the event tables.</summary>
    public async Task<NpgsqlDataSource> WithEventTablesAsync()
    {
        var empty = await EmptyAsync();
        foreach (var script in SchemaScripts.All)
        {
            await empty.ExecuteAsync(script.Sql);
        }

        return empty;
    }

    public async Task<NpgsqlDataSource> EmptyAsync()
    {
        var name = $"streams_{Interlocked.Increment(ref _databases)}";
        await using var server = NpgsqlDataSource.Create(ConnectionString("postgres"));
        await server.ExecuteAsync($"create database {name}");
        return NpgsqlDataSource.Create(ConnectionString(name));
    }

    public async ValueTask DisposeAsync()
    {
        await ServerAsync("pg_ctl", "-D", Data, "-m", "immediate", "stop");
        Directory.Delete(_folder, recursive: true);
    }

    private string Data => Path.Combine(_folder, "data");

    private string ConnectionString(string database) => $"Host={_folder};Username=postgres;Database={database};Pooling=false";

    private static Task ServerAsync(string program, params string[] arguments)
    {
        var binaries = Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Last();
        var path = Path.Combine(binaries, "bin", program);
        return Environment.IsPrivilegedProcess
            ? RunAsync("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path, .. arguments])
            : RunAsync(path, arguments);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // The server inherits these streams and keeps them open, so they must not be pipes that somebody reads to the end.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" </dev/null >/dev/null 2>&1", "sh", program, .. arguments]))!;
        using var timeout = new CancellationTokenSource(CommandTimeout);
        await process.WaitForExitAsync(timeout.Token);
        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}");
    }
}
