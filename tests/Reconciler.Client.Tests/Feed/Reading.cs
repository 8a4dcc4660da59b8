namespace Reconciler.Client.Tests.Feed;

/// <summary>Reads as a test wants it: in haste, and with a bound.</summary>
internal static class Reading
{
    internal static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    internal static FeedOptions Hasty { get; } = new()
    {
        PageSize = 10,
        Wait = TimeSpan.FromSeconds(1),
        PauseShortest = TimeSpan.FromMilliseconds(1),
        PauseLongest = TimeSpan.FromMilliseconds(10),
    };

    /// <summary>The first changes behind a position.</summary>
    internal static async Task<List<Change>> TakeAsync(this ChangeFeed feed, int count, FeedPosition from = default)
    {
        using var bound = new CancellationTokenSource(Bound, TimeProvider.System);
        var taken = new List<Change>();
        if (count == 0) return taken;
        await foreach (var change in feed.ReadAsync(from, bound.Token))
        {
            taken.Add(change);
            if (taken.Count == count) break;
        }

        return taken;
    }

    internal static void ShouldBeDense(this IEnumerable<Change> changes, long from, int count) =>
        changes.Select(change => change.Position).ShouldBe(Enumerable.Range(0, count).Select(at => from + at));
}
