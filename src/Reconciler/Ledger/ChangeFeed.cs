using Npgsql;

namespace Reconciler.Ledger;

/// <summary>
/// The ledger feed as it is read. Positions are dense and in commit order, so that a reader at a position has seen everything up to
/// it, for ever.
/// </summary>
public sealed class ChangeFeed(NpgsqlDataSource database)
{
    public const int LimitMax = 1_000;

    private const string Head = "select epoch, position from reconciler.installation, reconciler.feed_head";

    // Served by the primary key.
    private const string After = "select position, body from reconciler.changes where position > $1 order by position limit $2";

    /// <summary>The changes after a position.</summary>
    /// <param name="after">0 for the start.</param>
    /// <param name="limit">1 to <see cref="LimitMax"/>.</param>
    public async Task<FeedPage> ReadAsync(long after, int limit, CancellationToken cancellation)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Head));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(After)
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = after }, new NpgsqlParameter<int> { TypedValue = limit } },
        });
        await using var rows = await batch.ExecuteReaderAsync(cancellation);
        if (!await rows.ReadAsync(cancellation)) throw new InvalidOperationException("The feed has no head: this database is damaged.");
        var (epoch, head) = (rows.GetGuid(0), rows.GetInt64(1));
        await rows.NextResultAsync(cancellation);
        var changes = new List<FeedEntry>();
        while (await rows.ReadAsync(cancellation)) changes.Add(new FeedEntry(rows.GetInt64(0), rows.GetFieldValue<byte[]>(1)));
        return new FeedPage(epoch, head, changes);
    }
}

/// <param name="Epoch">Names this history.</param>
/// <param name="Head">The last position when it was read; the changes may reach a little beyond it.</param>
public sealed record FeedPage(Guid Epoch, long Head, IReadOnlyList<FeedEntry> Changes);

/// <param name="Body">A <see cref="ChangeBody"/> as it is stored: a JSON object in UTF-8.</param>
public sealed record FeedEntry(long Position, byte[] Body)
{
    /// <summary>The change as it is given out, the same bytes each time: the stored object with its position as the first member.</summary>
    public byte[] ToJson() => [.. System.Text.Encoding.UTF8.GetBytes($"{{\"position\": {Position}, "), .. Body.AsSpan(1)];
}
