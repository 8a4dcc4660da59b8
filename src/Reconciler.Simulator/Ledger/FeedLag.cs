namespace Reconciler.Simulator.Ledger;

/// <summary>How long changes took from the service's storing them to the ledger's seeing them; the last ones count.</summary>
public sealed class FeedLag
{
    private const int Kept = 1_000;

    private readonly Queue<TimeSpan> _last = new();

    public void Add(TimeSpan lag)
    {
        // Two clocks may differ a little.
        _last.Enqueue(lag > TimeSpan.Zero ? lag : TimeSpan.Zero);
        if (_last.Count > Kept)
        {
            _last.Dequeue();
        }
    }

    /// <summary>What so many of a hundred did not exceed; null where nothing was seen.</summary>
    public TimeSpan? Within(int ofHundred)
    {
        var sorted = _last.Order().ToArray();
        return sorted.Length == 0 ? null : sorted[(sorted.Length - 1) * ofHundred / 100];
    }
}
