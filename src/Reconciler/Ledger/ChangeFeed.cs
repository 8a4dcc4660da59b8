using Npgsql;
using NpgsqlTypes;

namespace Reconciler.Ledger;

/// <summary>
/// The ledger feed as it is read. Positions are dense and in commit order, so that a reader at a position has seen everything up to
/// it, for ever.
/// </summary>
public sealed class ChangeFeed(NpgsqlDataSource database)
{
    /// <summary>Changes in one page.</summary>
    public const int LimitMax = 1_000;

    /// <summary>Positions that one page looks at: a reader of a rare kind gets a page without changes, and goes on from its <c>Next</c>.</summary>
    public const int ScanMax = 10_000;

    private const int ReadsAtOnceMax = 8;

    // One statement and so one moment: the head, and everything up to it. Served by the primary key; the filters are looked at on
    // the way, over a bounded stretch of it.
    private const string After = """
        select head.epoch, head.position, change.position, change.stream_id, change.kind, change.body
        from (select epoch, position from reconciler.installation, reconciler.feed_head) as head
        left join lateral (
            select position, stream_id, kind, body from reconciler.changes
            where position > $1 and position <= least($1 + $3, head.position)
                and ($4 is null or split_part(stream_id, '/', 1) = any($4)) and ($5 is null or kind = any($5))
            order by position limit $2) as change on true
        order by change.position
        """;

    // Readers may come in hundreds: they wait for each other, and leave the database's connections to those who write.
    private readonly SemaphoreSlim reading = new(ReadsAtOnceMax);

    /// <summary>Every change after a position.</summary>
    public Task<FeedPage> ReadAsync(long after, int limit, CancellationToken cancellation) =>
        ReadAsync(after, limit, FeedFilter.All, cancellation);

    /// <summary>The changes after a position that a filter lets through.</summary>
    /// <param name="after">0 for the start.</param>
    /// <param name="limit">1 to <see cref="LimitMax"/>.</param>
    public async Task<FeedPage> ReadAsync(long after, int limit, FeedFilter filter, CancellationToken cancellation)
    {
        await reading.WaitAsync(cancellation);
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellation);
            return await ReadAsync(connection, after, limit, filter, cancellation);
        }
        finally
        {
            reading.Release();
        }
    }

    internal static async Task<FeedPage> ReadAsync(
        NpgsqlConnection connection, long after, int limit, FeedFilter filter, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(After, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = after },
                new NpgsqlParameter<int> { TypedValue = limit },
                new NpgsqlParameter<long> { TypedValue = ScanMax },
                Words(filter.Connections),
                Words(filter.Kinds),
            },
        };
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        if (!await rows.ReadAsync(cancellation)) throw new InvalidOperationException("The feed has no head: this database is damaged.");
        var (epoch, head) = (rows.GetGuid(0), rows.GetInt64(1));
        var changes = new List<FeedEntry>();
        if (!rows.IsDBNull(2))
        {
            do changes.Add(new FeedEntry(rows.GetInt64(2), rows.GetString(3), ChangeKind.Shared(rows.GetString(4)), rows.GetFieldValue<byte[]>(5)));
            while (await rows.ReadAsync(cancellation));
        }

        // A full page may have more right behind it; any other has looked at all that it could.
        var next = changes.Count > 0 && changes.Count == limit ? changes[^1].Position : Math.Max(after, Math.Min(head, after + ScanMax));
        return new FeedPage(epoch, head, changes, next);
    }

    private static NpgsqlParameter Words(IEnumerable<string>? words) => new()
    {
        Value = words?.ToArray() ?? (object)DBNull.Value,
        NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
    };
}

/// <param name="Epoch">Names this history.</param>
/// <param name="Head">The feed's last position at the moment that this was read.</param>
/// <param name="Changes">In the order of their positions; without a filter they have no holes.</param>
/// <param name="Next">Where to read on: the reader has now seen all that it is to see up to here.</param>
public sealed record FeedPage(Guid Epoch, long Head, IReadOnlyList<FeedEntry> Changes, long Next);
