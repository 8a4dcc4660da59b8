using System.Globalization;

namespace Reconciler.Database;

/// <summary>
/// What an earlier run left behind: after a kill of the service its server may still run, or only some of its processes, or only its
/// note <c>postmaster.pid</c>, whose number may meanwhile belong to a stranger. To be asked only by the holder of the directory's lock.
/// </summary>
public sealed class EarlierServer(ServerFiles files, ServerAccount account, TimeProvider clock)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan FinishTimeout = TimeSpan.FromSeconds(20);

    /// <summary>The processes of PostgreSQL that stand in our data directory. The directory, not the number, tells ours from others.</summary>
    public async Task<IReadOnlyList<int>> ProcessesAsync(CancellationToken cancellation)
    {
        const string script = """
            for process in /proc/[0-9]*; do
                if [ "$process/cwd" -ef "$1" ] && read -r name < "$process/comm" && [ "$name" = postgres ]; then echo "${process#/proc/}"; fi
            done 2>/dev/null
            true
            """;
        var found = await account.RunAsync("sh", ["-c", script, "sh", files.Data], cancellation);
        return [.. found.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
    }

    /// <summary>The first process of the server, as it noted it itself; null when there is no note.</summary>
    public async Task<int?> PostmasterAsync(CancellationToken cancellation)
    {
        var note = await account.RunAsync("head", ["-n", "1", Note], cancellation);
        return note.Succeeded && int.TryParse(note.Output, CultureInfo.InvariantCulture, out var id) ? id : null;
    }

    /// <summary>Leaves nothing running in the data directory, and no note that would keep the next server from starting.</summary>
    /// <returns>Whether something was still running.</returns>
    public async Task<bool> StopAsync(PostgresBinaries binaries, TimeSpan orderlyTimeout, CancellationToken cancellation)
    {
        var running = await ProcessesAsync(cancellation);
        if (await PostmasterAsync(cancellation) is { } postmaster)
        {
            if (running.Contains(postmaster))
            {
                await StopOrderlyAsync(binaries, orderlyTimeout, cancellation);
            }
            else if (running.Count == 0 && Directory.Exists($"/proc/{postmaster}"))
            {
                // The number lives on as somebody else's process, and PostgreSQL would take it for a running server.
                await account.RunAsync("rm", ["-f", Note], cancellation);
            }
        }

        if (!await GoneAsync(cancellation))
        {
            // Without their first process they serve nobody, and what they had committed is in the log.
            var left = await ProcessesAsync(cancellation);
            await account.RunAsync("kill", ["-KILL", .. left.Select(id => id.ToString(CultureInfo.InvariantCulture))], cancellation);
            if (!await GoneAsync(cancellation))
            {
                throw new PrivateClusterFault($"PostgreSQL of an earlier run does not end in '{files.Data}': processes {string.Join(", ", left)}.");
            }
        }

        return running.Count > 0;
    }

    private string Note => Path.Combine(files.Data, "postmaster.pid");

    private async Task StopOrderlyAsync(PostgresBinaries binaries, TimeSpan timeout, CancellationToken cancellation)
    {
        var seconds = ((int)timeout.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        string[] Stop(string mode) => ["stop", "-D", files.Data, "-w", "-t", seconds, "-m", mode];
        var orderly = await account.RunAsync(binaries.Program("pg_ctl"), Stop("fast"), cancellation, timeout: timeout + LongerThanItself);
        if (!orderly.Succeeded)
        {
            await account.RunAsync(binaries.Program("pg_ctl"), Stop("immediate"), cancellation, timeout: timeout + LongerThanItself);
        }
    }

    private static TimeSpan LongerThanItself => TimeSpan.FromSeconds(10);

    private async Task<bool> GoneAsync(CancellationToken cancellation)
    {
        var started = clock.GetTimestamp();
        while ((await ProcessesAsync(cancellation)).Count > 0)
        {
            if (clock.GetElapsedTime(started) > FinishTimeout)
            {
                return false;
            }

            await Task.Delay(LookAgain, clock, cancellation);
        }

        return true;
    }
}
