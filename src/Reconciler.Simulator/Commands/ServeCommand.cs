namespace Reconciler.Simulator.Commands;

/// <summary>Serves until it is told to stop.</summary>
public static class ServeCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        SimulatorOptions options;
        try
        {
            options = Read(args);
        }
        catch (UsageException misuse)
        {
            return await Usage.FailAsync(misuse.Message);
        }

        await using var app = SimulatorApp.Build(options);
        try
        {
            await app.StartAsync();
        }
        catch (IOException fault)
        {
            await Console.Error.WriteLineAsync($"Cannot listen on {options.Urls}: {fault.Message}");
            return 1;
        }

        await Console.Out.WriteLineAsync(
            $"Simulator on {string.Join(", ", app.Urls)}, seed {options.Seed}; webhooks go to {options.Service.AbsoluteUri.TrimEnd('/')}/webhooks/…");
        await app.WaitForShutdownAsync();
        return 0;
    }

    /// <exception cref="UsageException">What is given cannot be followed.</exception>
    public static SimulatorOptions Read(string[] args)
    {
        var given = new Arguments(
            args, ["--urls", "--seed", "--service", "--time-factor", "--rate-limits", "--slow-ms", "--workers"], flags: []);
        var defaults = new SimulatorOptions();
        return new SimulatorOptions
        {
            Urls = given.Text("--urls", "ASPNETCORE_URLS") ?? defaults.Urls,
            Seed = given.Number("--seed", "Simulator__Seed", defaults.Seed, long.MinValue, long.MaxValue),
            Service = given.Url("--service", "Simulator__Service", defaults.Service.AbsoluteUri),
            TimeFactor = given.Factor("--time-factor", "Simulator__TimeFactor", defaults.TimeFactor, 10),
            RateLimits = given.Switch("--rate-limits", "Simulator__RateLimits"),
            SlowMs = (int)given.Number("--slow-ms", "Simulator__SlowMs", defaults.SlowMs, 0, 600_000),
            WebhookWorkers = (int)given.Number("--workers", "Simulator__WebhookWorkers", defaults.WebhookWorkers, 1, 1000),
        };
    }
}
