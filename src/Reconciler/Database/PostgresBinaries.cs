using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Reconciler.Database;

/// <summary>An installed PostgreSQL server: the folder of its programs and its major version.</summary>
public sealed partial record PostgresBinaries(string Directory, int Major)
{
    public const string OverrideVariable = "RECONCILER_POSTGRES_BIN";
    public const int OldestMajor = 15;

    private const string DebianRoot = "/usr/lib/postgresql";
    private static readonly string[] Needed = ["initdb", "pg_ctl", "postgres"];

    /// <summary>The folder that was named, or else the first of: the override variable, PATH, Debian's highest version, <c>pg_config --bindir</c>.</summary>
    /// <param name="named">A folder that must be used, or null.</param>
    /// <param name="clusterMajor">The version that made an existing cluster; only the same one can open it.</param>
    public static PostgresBinaries Find(string? named, int? clusterMajor)
    {
        if ((named ?? Environment.GetEnvironmentVariable(OverrideVariable)) is { Length: > 0 } only)
        {
            return At(only) is { } told && Fits(told, clusterMajor) ? told : throw new PrivateClusterFault(
                $"No PostgreSQL {Wanted(clusterMajor)} in '{only}': it must hold {string.Join(", ", Needed)}.");
        }

        return Places().Select(At).OfType<PostgresBinaries>().FirstOrDefault(found => Fits(found, clusterMajor))
            ?? throw new PrivateClusterFault(
                $"PostgreSQL {Wanted(clusterMajor)} is not installed on this machine. Install its server programs "
                + $"(Debian, Ubuntu: 'apt-get install postgresql'; Fedora: 'dnf install postgresql-server'), or set {OverrideVariable} "
                + "to the folder of initdb, pg_ctl and postgres, or point ConnectionStrings__reconciler to a database of yours.");
    }

    public string Program(string name) => Path.Combine(Directory, name);

    private static string Wanted(int? major) => major is { } exact ? $"{exact} (the version that made the cluster)" : $"{OldestMajor} or newer";

    private static bool Fits(PostgresBinaries found, int? clusterMajor) =>
        clusterMajor is { } exact ? found.Major == exact : found.Major >= OldestMajor;

    private static IEnumerable<string> Places()
    {
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            yield return folder;
        }

        if (System.IO.Directory.Exists(DebianRoot))
        {
            var versions = System.IO.Directory.GetDirectories(DebianRoot)
                .Select(folder => (folder, version: int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var number) ? number : 0));
            foreach (var (folder, _) in versions.OrderByDescending(found => found.version))
            {
                yield return Path.Combine(folder, "bin");
            }
        }

        if (Output("pg_config", "--bindir") is { Length: > 0 } configured)
        {
            yield return configured.Trim();
        }
    }

    private static PostgresBinaries? At(string folder) =>
        Needed.All(name => File.Exists(Path.Combine(folder, name)))
        && Output(Path.Combine(folder, "postgres"), "--version") is { } words
        && Version().Match(words) is { Success: true } version
            ? new PostgresBinaries(folder, int.Parse(version.Groups[1].ValueSpan, CultureInfo.InvariantCulture))
            : null;

    private static string? Output(string program, string argument)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, [argument]) { RedirectStandardOutput = true, RedirectStandardError = true });
            var words = process?.StandardOutput.ReadToEnd();
            process?.WaitForExit();
            return process?.ExitCode == 0 ? words : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // Not there, or not for us to execute: the next place may have it.
            return null;
        }
    }

    [GeneratedRegex(@"PostgreSQL\)\s+(\d+)")]
    private static partial Regex Version();
}
