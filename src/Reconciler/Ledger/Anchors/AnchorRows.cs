using Npgsql;
using NpgsqlTypes;

namespace Reconciler.Ledger.Anchors;

/// <summary>The table of anchors, and what they are made of.</summary>
internal static class AnchorRows
{
    internal const string Columns = "number, day, after_seq, upto_seq, streams, root, former, hash, position";

    private const string Last = $"select {Columns} from reconciler.chain_anchors order by number desc limit 1";

    // By the primary key of mt_events. The last event of each stream, in the order of bytes, whatever the database's collation is.
    private const string Leaves = """
        select distinct on (stream_id collate "C") stream_id, version, headers->>'link'
        from reconciler.mt_events where seq_id > $1 and seq_id <= $2
        order by stream_id collate "C", version desc
        """;

    // As the append path adds to the feed: the head stays locked until commit, and the epoch is looked at under the lock.
    private const string Publish = """
        with head as (
            update reconciler.feed_head set position = position + 1
            returning position, reconciler.feed_epoch(position - 1) as epoch),
        told as (
            insert into reconciler.changes (position, epoch, stream_id, status_version, kind, body, recorded_at)
            select position, epoch, $9, 0, $10, $11, $12 from head
            returning position)
        insert into reconciler.chain_anchors (number, day, after_seq, upto_seq, streams, root, former, hash, position)
        select $1, $2, $3, $4, $5, $6, $7, $8, position from told
        returning position
        """;

    internal static async Task<ChainAnchor?> LastAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Last, connection);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? Of(row) : null;
    }

    internal static ChainAnchor Of(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetFieldValue<DateOnly>(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetFieldValue<byte[]>(5),
        row.GetFieldValue<byte[]>(6));

    /// <summary>The tree over the streams that have events beyond one <c>seq_id</c> and up to another.</summary>
    internal static async Task<MerkleTree> TreeAsync(NpgsqlConnection connection, long afterSeq, long uptoSeq, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Leaves, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = afterSeq });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = uptoSeq });
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var tree = new MerkleTree();
        while (await rows.ReadAsync(cancellation))
            tree.Add(ChainAnchor.Leaf(rows.GetString(0), rows.GetInt64(1), rows.IsDBNull(2) ? null : rows.GetString(2)));
        return tree;
    }

    /// <summary>Adds the anchor and its change, both or neither.</summary>
    /// <returns>The position of its change.</returns>
    internal static async Task<long> PublishAsync(NpgsqlConnection connection, ChainAnchor anchor, AnchorBody body, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        var publish = new NpgsqlBatchCommand(Publish);
        publish.Parameters.Add(new NpgsqlParameter<long> { TypedValue = anchor.Number });
        publish.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = anchor.Day });
        foreach (var number in (long[])[anchor.AfterSeq, anchor.UptoSeq, anchor.Streams]) publish.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
        foreach (var digest in (byte[][])[anchor.Root, anchor.Former, anchor.Hash()]) publish.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = digest });
        foreach (var text in (string[])[anchor.StreamId, body.Kind]) publish.Parameters.Add(new NpgsqlParameter<string> { TypedValue = text });
        publish.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = body.ToJson(), NpgsqlDbType = NpgsqlDbType.Jsonb });
        publish.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = body.RecordedAt, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        batch.BatchCommands.Add(publish);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(ChangeRows.Tell));
        return (long)(await batch.ExecuteScalarAsync(cancellation))!;
    }
}
