namespace Reconciler.Client;

/// <summary>
/// How long to wait before the next attempt: doubling from the shortest to the longest, with jitter, so that readers that lost the same
/// service do not come back at the same moment. What the service asks for is obeyed, up to a bound.
/// </summary>
internal sealed class Backoff(TimeSpan shortest, TimeSpan longest)
{
    /// <summary>A service that asks for more is asked again all the same: a wrong header must not silence a ledger for a day.</summary>
    internal static readonly TimeSpan RetryAfterMax = TimeSpan.FromMinutes(5);

    private const int DoublingsMax = 30;

    /// <summary>Faults in a row.</summary>
    internal int Attempt { get; private set; }

    internal void Reset() => Attempt = 0;

    /// <summary>The pause after one more fault.</summary>
    internal TimeSpan Next(Exception fault)
    {
        var ceiling = shortest * (1L << Math.Min(Attempt, DoublingsMax));
        Attempt++;
        if (ceiling > longest) ceiling = longest;
        var pause = Jittered(ceiling);
        if ((fault as ReconcilerProblem)?.Problem.RetryAfter is not { } asked) return pause;
        // Later than asked, never earlier, and not all at the same moment.
        return (asked < RetryAfterMax ? asked : RetryAfterMax) + Jittered(shortest);
    }

    // Between half of it and all of it.
    private static TimeSpan Jittered(TimeSpan pause) => new(pause.Ticks / 2 + Random.Shared.NextInt64(pause.Ticks / 2 + 1));
}
