using Npgsql;

namespace Reconciler.Streams;

/// <summary>
/// Reads the events of all streams in the order of their sequence ids, and never passes over one that is still being committed.
/// One reader, one consumer: it remembers where it is. Not for use by two threads at once.
/// </summary>
/// <remarks>
/// Sequence ids are given out before commit, so 7 can be visible while 6 is still in flight; and 6 is missing for ever when its
/// transaction rolls back. Filtering rows by transaction id does not help: 7 may belong to the older transaction. So ids that follow
/// each other without a hole are returned at once. At a hole we note the highest id seen and then draw a transaction id of our own.
/// Every smaller sequence id was given out earlier, to a transaction that had its id earlier, so a smaller one than ours; once all
/// smaller ones have ended, what is still missing up to the highest id seen is missing for ever.
/// (The upper bound of a snapshot would not do for the drawn id: it follows the last <em>ended</em> transaction, not the last begun.)
/// This holds for writers that have a transaction id before they ask the sequence, as <see cref="EventAppender"/> does and as Marten does
/// with <c>EventAppendMode.Quick</c>; Marten's <c>Rich</c> mode asks ahead of its transaction and can fill a hole later.
/// </remarks>
/// <param name="registry">Every type that may be stored: an unknown one stops the reader rather than being passed over.</param>
/// <param name="afterSequenceId">Where to go on; 0 is the start. See <see cref="Progression"/>.</param>
public sealed class ForwardReader(EventRegistry registry, long afterSequenceId = 0)
{
    // Served by pkey_mt_events_seq_id. The snapshot is the statement's own, so it and the rows tell of the same moment.
    private const string After = $"""
        select {EventReader.Columns}, pg_snapshot_xmin(pg_current_snapshot())::text::bigint
        from reconciler.mt_events
        where seq_id > $1
        order by seq_id
        limit $2
        """;

    private readonly EventReader _events = new(registry);
    private Hole? _hole;

    /// <summary>Everything up to this id was returned, or is known never to come.</summary>
    public long Position { get; private set; } = afterSequenceId;

    /// <summary>
    /// The next events, at most <paramref name="limit"/>. Empty means: nothing new, or what is next is still being committed;
    /// ask again a little later.
    /// </summary>
    /// <param name="connection">To the primary, and not in a transaction above READ COMMITTED: its snapshot would never move on.</param>
    public async Task<IReadOnlyList<StoredEvent>> ReadForwardAsync(
        NpgsqlConnection connection, int limit = EventReader.PageMax, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var page = await ReadPage(connection, limit, cancellation);
        var safe = TakeSafe(page);
        if (safe.Count > 0 || page.Events.Count == 0 || _hole is not null)
        {
            return safe;
        }

        // A hole right in front, not seen before: note it, and look again, since most often nothing is in flight by now.
        _hole = new Hole(page.Events[^1].SequenceId, await DrawTransactionId(connection, cancellation));
        return TakeSafe(await ReadPage(connection, limit, cancellation));
    }

    private List<StoredEvent> TakeSafe(Page page)
    {
        var decidedUpTo = page.OldestRunning >= _hole?.DrawnAfter ? _hole.HighestSeen : 0;
        var safe = new List<StoredEvent>(page.Events.Count);
        foreach (var stored in page.Events)
        {
            if (stored.SequenceId > decidedUpTo && stored.SequenceId != Position + 1)
            {
                break;
            }

            safe.Add(stored);
            Position = stored.SequenceId;
        }

        // Done with this hole when nothing visible up to it is left, also if the row that showed it was deleted since.
        if (decidedUpTo > 0 && (safe.Count == page.Events.Count || page.Events[safe.Count].SequenceId > decidedUpTo))
        {
            _hole = null;
        }

        return safe;
    }

    private async Task<Page> ReadPage(NpgsqlConnection connection, int limit, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(After, connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = Position });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var events = new List<StoredEvent>();
        var oldestRunning = 0L;
        while (await rows.ReadAsync(cancellation))
        {
            events.Add(_events.Read(rows));
            oldestRunning = rows.GetInt64(11);
        }

        return new Page(events, oldestRunning);
    }

    private static async Task<long> DrawTransactionId(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select pg_current_xact_id()::text::bigint", connection);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private sealed record Page(List<StoredEvent> Events, long OldestRunning);

    private sealed record Hole(long HighestSeen, long DrawnAfter);
}
