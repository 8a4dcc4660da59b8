using System.Collections.Immutable;

namespace Reconciler.Ledger.Subscriptions;

/// <summary>How long to wait after each refused attempt: 82 hours in all, so that a subscriber may be away over a long weekend.</summary>
internal static class RetrySchedule
{
    internal static readonly ImmutableArray<TimeSpan> Waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10),
        TimeSpan.FromHours(1), TimeSpan.FromHours(3), TimeSpan.FromHours(6),
        .. Enumerable.Repeat(TimeSpan.FromHours(12), 6),
    ];

    /// <summary>However the attempts fell, a change is not given up before.</summary>
    internal static readonly TimeSpan LastsMin = TimeSpan.FromDays(3);

    /// <summary>What a subscriber may ask for: it must not talk itself out of what it has subscribed to.</summary>
    internal static readonly TimeSpan RetryAfterMax = TimeSpan.FromHours(1);

    private const int JitterPercentMax = 20;

    /// <summary>No wait is longer. An instant further ahead was written by a clock that was wrong.</summary>
    internal static TimeSpan WaitMax { get; } = Waits[^1] * (100 + JitterPercentMax) / 100;

    /// <summary>The wait after so many attempts, up to a fifth longer by chance; null when the schedule is at its end.</summary>
    /// <param name="attempts">1 or more.</param>
    internal static TimeSpan? WaitAfter(int attempts, TimeSpan sinceFirst, Random chance)
    {
        if (attempts > Waits.Length && sinceFirst >= LastsMin) return null;
        var wait = Waits[Math.Min(attempts, Waits.Length) - 1];
        return wait + wait * chance.Next(JitterPercentMax + 1) / 100;
    }
}
