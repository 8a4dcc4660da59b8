namespace Reconciler.Ledger;

/// <summary>Counts the streams that are open on this node, so that there is a most.</summary>
public sealed class FeedStreams(FeedOptions options)
{
    private int open;

    /// <summary>Open now.</summary>
    internal int Open => Volatile.Read(ref open);

    /// <summary>A place for one stream until it is disposed; null where all are taken.</summary>
    internal IDisposable? TryOpen()
    {
        var isOneTooMany = Interlocked.Increment(ref open) > options.StreamsMax;
        if (!isOneTooMany) LedgerMeasures.StreamsOpen.Add(1);
        else Interlocked.Decrement(ref open);
        return isOneTooMany ? null : new Place(this);
    }

    private sealed class Place(FeedStreams streams) : IDisposable
    {
        public void Dispose()
        {
            Interlocked.Decrement(ref streams.open);
            LedgerMeasures.StreamsOpen.Add(-1);
        }
    }
}
