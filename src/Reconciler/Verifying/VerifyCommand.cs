using System.Globalization;
using Npgsql;
using Reconciler.Access.Commands;
using Reconciler.Connections;
using Reconciler.Database;
using Reconciler.Hosting;
using Reconciler.Verifying.Chains;

namespace Reconciler.Verifying;

/// <summary>
/// <c>Reconciler verify [--chain]</c>: findings on the standard output, progress on the error output; 0 where all is as it must be, 1 where
/// it is not or cannot be known, 2 where it is called wrongly. Beside a running service, or without one.
/// </summary>
internal static class VerifyCommand
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(2);

    private delegate Task<Verdict> Check(Action<string> progress, CancellationToken cancellation);

    /// <summary>The exit code where the arguments ask for it; null where they do not.</summary>
    internal static async Task<int?> AnswerAsync(string[] args)
    {
        switch (args)
        {
            case ["verify"]:
                return await RunAsync(DerivedAsync);
            case ["verify", "--chain"]:
                return await RunAsync(ChainAsync);
            case ["verify", not ("--help" or "-h"), ..]:
                Console.Error.WriteLine($"'{string.Join(' ', args)}' is not understood: it is verify, or verify --chain.");
                return 2;
            default:
                return null;
        }
    }

    private static async Task<Verdict> DerivedAsync(Action<string> progress, CancellationToken cancellation)
    {
        await using var database = await ServiceDatabase.OpenBesideAsync(Host.CreateApplicationBuilder([]).Configuration, cancellation);
        var found = await new Verification(database.Source, TimeProvider.System).RunAsync(Console.WriteLine, progress, cancellation);
        return new Verdict(found, found == 0 ? "Nothing differs" : Counted(found));
    }

    private static async Task<Verdict> ChainAsync(Action<string> progress, CancellationToken cancellation)
    {
        await using var shell = await CommandServices.OpenAsync();
        var proved = await new ChainVerification(shell.Database, shell.Get<Installation>()).RunAsync(Console.WriteLine, progress, cancellation);
        return new Verdict(proved.Findings, $"{(proved.Findings == 0 ? "Nothing was tampered with" : Counted(proved.Findings))}: {proved}");
    }

    private static async Task<int> RunAsync(Check check)
    {
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
            var verdict = await check(Progress, ending.Token);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{verdict.Summary}. Checked in {clock.GetElapsedTime(started).TotalSeconds:F1} s."));
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

    private static string Counted(long findings) => findings == 1 ? "1 finding" : $"{findings} findings";

    private sealed record Verdict(long Findings, string Summary);
}
