using System.Globalization;

namespace Reconciler.Database;

/// <summary>The server's own folder, worked on as the server's user. Everything in it is PostgreSQL's, nothing is ours.</summary>
public sealed class ServerFiles(string directory, ServerAccount account)
{
    public string Data { get; } = Path.Combine(directory, "data");

    public string StartLog { get; } = Path.Combine(directory, "start.log");

    private string Unfinished => Path.Combine(directory, "data.new");

    /// <summary>Makes the folder for a new cluster, or finds the present one; says which folder on the way shuts the server's user out.</summary>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        if (!Directory.Exists(directory))
        {
            // The one thing that we do as ourselves: the server's user may not write beside its folder.
            await account.GiveDirectoryAsync(directory, cancellation);
        }

        if (await TestAsync("-w", directory, cancellation))
        {
            return;
        }

        foreach (var folder in WayTo(directory))
        {
            if (!await TestAsync("-x", folder, cancellation))
            {
                throw new PrivateClusterFault(
                    $"The user that runs PostgreSQL cannot enter '{folder}', which is on the way to its files in '{directory}'. Let it pass "
                    + $"('chmod o+x {folder}'), or keep the data elsewhere (Reconciler__DataDirectory), or start the service as an ordinary user.");
            }
        }

        throw new PrivateClusterFault($"The user that runs PostgreSQL cannot write to '{directory}'.");
    }

    /// <summary>The major version that made the cluster; null when there is none yet.</summary>
    public async Task<int?> MajorAsync(CancellationToken cancellation)
    {
        var version = await account.RunAsync("cat", [Path.Combine(Data, "PG_VERSION")], cancellation);
        return version.Succeeded ? int.Parse(version.Output, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Makes the cluster beside its place and moves it there when it is whole: a kill in between leaves no half cluster.</summary>
    public async Task InitializeAsync(PostgresBinaries binaries, string user, string password, CancellationToken cancellation)
    {
        var secret = Path.Combine(directory, "initdb.password");
        const string script = """
            set -e
            umask 077
            rm -rf "$2"
            cat > "$3"
            "$1" --pgdata="$2" --pwfile="$3" --username="$4" --encoding=UTF8 --locale=C --data-checksums \
                 --auth-host=scram-sha-256 --auth-local=scram-sha-256
            rm -f "$3"
            echo "# Settings of your own; they win over reconciler.conf." > "$2/local.conf"
            printf "include 'reconciler.conf'\ninclude_if_exists 'local.conf'\n" >> "$2/postgresql.conf"
            mv -T "$2" "$5"
            """;
        var made = await account.RunAsync(
            "sh", ["-c", script, "sh", binaries.Program("initdb"), Unfinished, secret, user, Data], cancellation, password, TimeSpan.FromMinutes(2));
        if (!made.Succeeded)
        {
            throw new PrivateClusterFault($"initdb failed in '{directory}': {made.Said}");
        }
    }

    public async Task WriteSettingsAsync(string settings, CancellationToken cancellation)
    {
        var path = Path.Combine(Data, "reconciler.conf");
        var written = await account.RunAsync(
            "sh", ["-c", """umask 077; cat > "$1" && : > "$2" """, "sh", path, StartLog], cancellation, settings);
        if (!written.Succeeded)
        {
            throw new PrivateClusterFault($"Cannot write '{path}': {written.Said}");
        }
    }

    /// <summary>The last lines the server wrote before and after its log collector took over.</summary>
    public async Task<string> LastWordsAsync(CancellationToken cancellation)
    {
        const string script = """tail -n 8 "$1"; cd "$2/log" 2>/dev/null && tail -n 12 "$(ls -t | head -n 1)" """;
        return (await account.RunAsync("sh", ["-c", script, "sh", StartLog, Data], cancellation)).Said;
    }

    private async Task<bool> TestAsync(string condition, string path, CancellationToken cancellation) =>
        (await account.RunAsync("test", [condition, path], cancellation)).Succeeded;

    /// <summary>The folders from the root down to a path, itself included.</summary>
    private static IEnumerable<string> WayTo(string path)
    {
        var folders = new Stack<string>();
        for (var folder = new DirectoryInfo(path); folder is not null; folder = folder.Parent)
        {
            folders.Push(folder.FullName);
        }

        return folders;
    }
}
