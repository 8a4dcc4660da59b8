namespace Reconciler.Ledger;

/// <summary>
/// The latest changes of the feed without a hole, as one reader per node brought them from the database: whoever reads at the head
/// reads here. Bounded by number and by bytes; the oldest make room.
/// </summary>
internal sealed class RecentChanges(int entriesMax, long bytesMax)
{
    private readonly Lock gate = new();
    private readonly FeedEntry[] entries = new FeedEntry[entriesMax];
    private Guid epoch;
    private long first = 1;
    private long last;
    private long bytes;

    /// <summary>The position that it reaches to.</summary>
    internal long Last => Interlocked.Read(ref last);

    internal Guid Epoch
    {
        get
        {
            lock (gate) return epoch;
        }
    }

    /// <summary>Forgets everything, and goes on after a position.</summary>
    internal void StartAfter(long position, Guid ofEpoch)
    {
        lock (gate)
        {
            Array.Clear(entries);
            (epoch, first, last, bytes) = (ofEpoch, position + 1, position, 0);
        }
    }

    /// <exception cref="ArgumentException">They do not follow what is there without a hole.</exception>
    internal void Add(IReadOnlyList<FeedEntry> following)
    {
        lock (gate)
        {
            foreach (var entry in following)
            {
                if (entry.Position != last + 1) throw new ArgumentException($"Position {entry.Position} does not follow {last}.", nameof(following));
                if (last - first + 1 == entriesMax) ForgetFirst();
                entries[entry.Position % entriesMax] = entry;
                bytes += entry.Body.Length;
                last = entry.Position;
                while (bytes > bytesMax && first < last) ForgetFirst();
            }
        }
    }

    /// <summary>What it holds after a position; null where that lies before the oldest that it has, or beyond what it knows.</summary>
    /// <param name="limit">Entries that are looked at, whether they match or not.</param>
    internal FeedPage? Read(long after, int limit, FeedFilter filter)
    {
        FeedEntry[] stretch;
        FeedPage page;
        lock (gate)
        {
            if (after < first - 1 || after > last || epoch == Guid.Empty) return null;
            var count = (int)Math.Min(last - after, limit);
            stretch = count == 0 ? [] : new FeedEntry[count];
            for (var at = 0; at < count; at++) stretch[at] = entries[(after + 1 + at) % entriesMax];
            page = new FeedPage(epoch, last, stretch, after + count);
        }

        return filter.IsAll || stretch.Length == 0 ? page : page with { Changes = Array.FindAll(stretch, filter.Matches) };
    }

    private void ForgetFirst()
    {
        bytes -= entries[first % entriesMax].Body.Length;
        entries[first % entriesMax] = null!;
        first++;
    }
}
