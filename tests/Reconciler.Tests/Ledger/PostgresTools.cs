using System.Diagnostics;
using Npgsql;
using Reconciler.Database;

namespace Reconciler.Tests.Ledger;

/// <summary>PostgreSQL's own programs, as an operator would run them.</summary>
internal static class PostgresTools
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    public static Task DumpAsync(string database, string file) => RunAsync("pg_dump", database, "--format=custom", $"--file={file}");

    /// <summary>As text: what anybody can read who gets hold of a backup.</summary>
    public static Task DumpPlainAsync(string database, string file) => RunAsync("pg_dump", database, "--format=plain", $"--file={file}");

    /// <summary>Into a database that is there, and empty unless told otherwise.</summary>
    public static Task RestoreAsync(string file, string database, params string[] options) =>
        RunAsync("pg_restore", database, ["--exit-on-error", "--no-owner", $"--dbname={new NpgsqlConnectionStringBuilder(database).Database}", .. options, file]);

    private static async Task RunAsync(string program, string database, params string[] arguments)
    {
        var target = new NpgsqlConnectionStringBuilder(database);
        // The server's programs may be links from elsewhere; its clients lie beside what they lead to.
        var server = new FileInfo(PostgresBinaries.Find(null, null).Program("pg_ctl"));
        var folder = (server.ResolveLinkTarget(returnFinalTarget: true) ?? server).FullName;
        var start = new ProcessStartInfo(Path.Combine(Path.GetDirectoryName(folder)!, program), arguments)
        {
            RedirectStandardError = true,
            Environment =
            {
                ["PGHOST"] = target.Host,
                ["PGPORT"] = $"{target.Port}",
                ["PGUSER"] = target.Username,
                ["PGPASSWORD"] = target.Password,
                ["PGDATABASE"] = target.Database,
            },
        };
        using var running = Process.Start(start)!;
        var said = await running.StandardError.ReadToEndAsync();
        await running.WaitForExitAsync().WaitAsync(Bound, TimeProvider.System);
        running.ExitCode.ShouldBe(0, said);
    }
}
