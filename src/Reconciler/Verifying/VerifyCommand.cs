using System.Globalization;
using Npgsql;

namespace Reconciler.Verifying;

/// <summary><c>Reconciler verify</c>: findings on the standard output, progress on the error output; 0 where all is as it must be, else 1.</summary>
internal static class VerifyCommand
{
    internal const string Name = "verify";
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(2);

    /// <summary>The exit code where the arguments ask for it; null where they do not.</summary>
    internal static async Task<int?> AnswerAsync(string[] args, NpgsqlDataSource database)
    {
        if (args is not [Name, ..]) return null;
        var clock = TimeProvider.System;
        using var ending = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            ending.Cancel();
        };
        var (started, toldAt) = (clock.GetTimestamp(), clock.GetTimestamp());
        var found = await new Verification(database, clock).RunAsync(Console.WriteLine, Progress, ending.Token);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{(found == 0 ? "Nothing differs" : $"{found} findings")}, checked in {clock.GetElapsedTime(started).TotalSeconds:F1} s."));
        return found == 0 ? 0 : 1;

        void Progress(string line)
        {
            if (clock.GetElapsedTime(toldAt) < TellEvery) return;
            toldAt = clock.GetTimestamp();
            Console.Error.WriteLine(line);
        }
    }
}
