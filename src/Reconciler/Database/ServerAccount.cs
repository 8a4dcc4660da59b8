using System.Diagnostics;

namespace Reconciler.Database;

/// <summary>
/// The system user that the server runs as: ourselves, unless we are root, which PostgreSQL refuses. Whatever touches the server's
/// own files runs as that user too, so that root never follows a link which the server's user could have planted.
/// </summary>
public sealed class ServerAccount
{
    private static readonly TimeSpan QuickCommandTimeout = TimeSpan.FromSeconds(30);
    private readonly string[] prefix;
    private readonly TimeProvider clock;
    private readonly string[] ownership;

    private ServerAccount(string[] prefix, string[] ownership, TimeProvider clock) =>
        (this.prefix, this.ownership, this.clock) = (prefix, ownership, clock);

    /// <param name="serverDirectory">An existing one decides by its owner; a new one will belong to <paramref name="userIfRoot"/>.</param>
    public static async Task<ServerAccount> ForAsync(string serverDirectory, string userIfRoot, TimeProvider clock, CancellationToken cancellation)
    {
        var ourselves = new ServerAccount([], [], clock);
        if (!Environment.IsPrivilegedProcess)
        {
            return ourselves;
        }

        var (exists, owner) = Directory.Exists(serverDirectory)
            ? (true, await ourselves.RunAsync("stat", ["-c", "%u %g", serverDirectory], cancellation))
            : (false, await ourselves.RunAsync("sh", ["-c", """echo "$(id -u "$1") $(id -g "$1")" """, "sh", userIfRoot], cancellation));
        var ids = owner.Output.Trim().Split(' ');
        if (!owner.Succeeded || ids is not [{ Length: > 0 } uid, { Length: > 0 } gid])
        {
            throw new PrivateClusterFault(
                $"This process is root, as whom PostgreSQL refuses to run, and there is no user '{userIfRoot}' to run it instead. "
                + $"Create it ('useradd --system --shell /usr/sbin/nologin {userIfRoot}') or start the service as an ordinary user.");
        }

        if (uid == "0")
        {
            throw new PrivateClusterFault(
                $"'{serverDirectory}' belongs to root, as whom PostgreSQL refuses to run. "
                + $"Give it to another user ('chown -R {userIfRoot} {serverDirectory}').");
        }

        var named = await ourselves.RunAsync("id", ["-nu", uid], cancellation);
        string[] groups = exists && !named.Succeeded ? ["--clear-groups"] : ["--init-groups"];
        return new ServerAccount(["setpriv", $"--reuid={uid}", $"--regid={gid}", .. groups, "--no-new-privs", "--"], ["-o", uid, "-g", gid], clock);
    }

    /// <summary>Makes a directory that is this account's alone.</summary>
    public async Task GiveDirectoryAsync(string directory, CancellationToken cancellation)
    {
        var made = await new ServerAccount([], [], clock).RunAsync("install", ["-d", "-m", "700", .. ownership, directory], cancellation);
        if (!made.Succeeded)
        {
            throw new PrivateClusterFault($"Cannot make '{directory}': {made.Said}");
        }
    }

    /// <summary>The command line that runs a program as this account.</summary>
    public ProcessStartInfo Command(string program, IEnumerable<string> arguments, params string[] before)
    {
        string[] line = [.. before, .. prefix, program, .. arguments];
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            // Not every user may enter the folder that we stand in.
            WorkingDirectory = "/",
            RedirectStandardInput = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["LC_ALL"] = "C";
        return start;
    }

    /// <summary>Runs a short command to its end, bounded by a timeout.</summary>
    public async Task<CommandResult> RunAsync(
        string program, string[] arguments, CancellationToken cancellation, string input = "", TimeSpan? timeout = null)
    {
        using var bound = new CancellationTokenSource(timeout ?? QuickCommandTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellation);
        var start = Command(program, arguments);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start) ?? throw new PrivateClusterFault($"'{program}' did not start.");
        try
        {
            await FeedAsync(process.StandardInput, input, either.Token);
            var output = process.StandardOutput.ReadToEndAsync(either.Token);
            var errors = process.StandardError.ReadToEndAsync(either.Token);
            await process.WaitForExitAsync(either.Token);
            return new CommandResult(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            throw new PrivateClusterFault($"'{program}' did not end within {timeout ?? QuickCommandTimeout}.");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static async Task FeedAsync(StreamWriter standardInput, string input, CancellationToken cancellation)
    {
        try
        {
            await standardInput.WriteAsync(input.AsMemory(), cancellation);
            standardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading: its exit code and its words say why.
        }
    }
}

/// <summary>What a finished command said.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Errors)
{
    public bool Succeeded => ExitCode == 0;

    public string Said => $"{Output}{Errors}".Trim();
}
