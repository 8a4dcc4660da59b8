namespace Reconciler.Simulator;

/// <summary>How one simulator is set up; the command line and <c>Simulator__…</c> variables fill it.</summary>
public sealed record SimulatorOptions
{
    /// <summary>Makes ids, outcomes, faults, credentials and keys repeatable.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The service under test; webhooks go to <c>{Service}/webhooks/{connection}</c>.</summary>
    public Uri Service { get; init; } = new("http://127.0.0.1:8080");

    /// <summary>The documented waits between tries are multiplied by this: 0.01 makes an hour 36 seconds. 0 to 10.</summary>
    public decimal TimeFactor { get; init; } = 1;

    /// <summary>Whether the documented rate limits are kept. Off by default, since they forbid any load worth testing.</summary>
    public bool RateLimits { get; init; }

    /// <summary>How long a slow answer takes, in milliseconds.</summary>
    public int SlowMs { get; init; } = 20_000;

    /// <summary>How many webhooks are on their way at once, 1 to 1000.</summary>
    public int WebhookWorkers { get; init; } = 32;

    /// <summary>Where the simulator listens.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:8090";
}
