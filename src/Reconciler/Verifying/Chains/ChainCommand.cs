using System.Globalization;
using Npgsql;
using Reconciler.Access.Commands;
using Reconciler.Connections;
using Reconciler.Database;

namespace Reconciler.Verifying.Chains;

/// <summary>
/// <c>Reconciler verify --chain</c>: findings on the standard output, progress on the error output; 0 where nothing was tampered with,
/// else 1. Beside a running service, or without one.
/// </summary>
internal static class ChainCommand
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(2);

    /// <summary>The exit code where the arguments ask for it; null where they do not.</summary>
    internal static async Task<int?> AnswerAsync(string[] args)
    {
        if (args is not ["verify", "--chain"]) return null;
        var clock = TimeProvider.System;
        using var ending = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            ending.Cancel();
        };
        var (started, toldAt) = (clock.GetTimestamp(), clock.GetTimestamp());
        try
        {
            await using var shell = await CommandServices.OpenAsync();
            var verdict = await new ChainVerification(shell.Database, shell.Get<Installation>()).RunAsync(Console.WriteLine, Progress, ending.Token);
            var found = verdict.Findings switch { 0 => "Nothing was tampered with", 1 => "1 finding", var more => $"{more} findings" };
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{found}: {verdict}. Checked in {clock.GetElapsedTime(started).TotalSeconds:F1} s."));
            return verdict.Findings == 0 ? 0 : 1;
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            Console.Error.WriteLine("Stopped: nothing is known of what was not read yet.");
            return 1;
        }
        catch (Exception fault) when (fault is InstallationFault or NpgsqlException or PrivateClusterFault or MigrationFault or IOException)
        {
            Console.Error.WriteLine(fault.Message);
            return 1;
        }

        void Progress(string line)
        {
            if (clock.GetElapsedTime(toldAt) < TellEvery) return;
            toldAt = clock.GetTimestamp();
            Console.Error.WriteLine(line);
        }
    }
}
