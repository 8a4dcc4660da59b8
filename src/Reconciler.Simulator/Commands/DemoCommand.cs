using System.Globalization;
using System.Runtime.InteropServices;
using Reconciler.Simulator.Demo;
using Spectre.Console;

namespace Reconciler.Simulator.Commands;

/// <summary>Runs the demonstration until it is stopped or settled.</summary>
public static class DemoCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        DemoSettings settings;
        var clock = TimeProvider.System;
        try
        {
            settings = Read(args, clock);
        }
        catch (UsageException misuse)
        {
            return await Usage.FailAsync(misuse.Message);
        }

        using var stopping = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stopping.Cancel();
        }

        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        return await new DemoRun(settings, clock, Console.Out).RunAsync(stopping.Token);
    }

    /// <exception cref="UsageException">What is given cannot be followed.</exception>
    private static DemoSettings Read(string[] args, TimeProvider clock)
    {
        var given = new Arguments(
            args, ["--service", "--self", "--key", "--payouts", "--trickle", "--seed", "--until-settled"], flags: ["--plain"]);
        var seed = given.Number("--seed", null, 0, long.MinValue, long.MaxValue);
        var patience = given.Number("--until-settled", null, 0, 1, 86_400);
        return new DemoSettings(
            given.Url("--service", "Simulator__Service", "http://127.0.0.1:8080"),
            given.Url("--self", null, "http://127.0.0.1:8090"),
            given.Text("--key", "Reconciler__AdminKey"),
            (int)given.Number("--payouts", null, 300, 1, 100_000),
            (int)given.Number("--trickle", null, 1, 0, 100),
            seed,
            given.Has("--seed")
                ? $"S{seed.ToString(CultureInfo.InvariantCulture)}"
                : clock.GetUtcNow().ToString("yyMMddHHmmss", CultureInfo.InvariantCulture),
            given.Has("--plain") || Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Ansi,
            given.Has("--until-settled") ? TimeSpan.FromSeconds(patience) : null);
    }
}
