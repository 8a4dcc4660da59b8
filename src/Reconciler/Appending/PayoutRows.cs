using Npgsql;
using Reconciler.Core;

namespace Reconciler.Appending;

/// <summary>The read model's rows of one batch: read under lock, in id order, before <see cref="PayoutWrites"/> writes them back in the same transaction.</summary>
internal sealed class PayoutRows
{
    // Served by the primary key. Ordered by another collation than the key's, so that a plan made on an empty table cannot take
    // the order from a walk over the whole key.
    private const string Lock = """
        select stream_id, state, version, poll_lease_until, poll_faults, check_at, chain_end, erased_at, data_salt
        from reconciler.payouts where stream_id = any($1) order by stream_id collate "C" for update
        """;

    private readonly Dictionary<string, PayoutRow> rows = new(StringComparer.Ordinal);
    private string[] unread;

    internal PayoutRows(IEnumerable<PayoutId> payouts)
    {
        foreach (var id in payouts) rows.TryAdd(id.StreamId, new PayoutRow(id));
        unread = [.. rows.Keys];
    }

    internal bool AreRead => unread.Length == 0;

    /// <summary>Something came of a recalled one that its row alone can tell how to write.</summary>
    internal bool MustBeRead => rows.Values.Any(row => row is { IsRecalled: true, Events.Count: > 0, OnlyHeard: false });

    internal PayoutRow this[PayoutId id] => rows[id.StreamId];

    internal bool KeepsNoBytes(string streamId) => rows.TryGetValue(streamId, out var row) && (row.IsErased || row.Payout is null);

    /// <summary>Those to which the batch adds events, in id order.</summary>
    internal List<PayoutRow> Changed() =>
        [.. rows.Values.Where(row => row.Events.Count > 0).OrderBy(row => row.Id.StreamId, StringComparer.Ordinal)];

    internal void Recall(LaneMemory memory)
    {
        var unknown = new List<string>();
        foreach (var streamId in unread)
        {
            if (memory.Recall(streamId) is { } known) rows[streamId] = PayoutRow.Recalled(rows[streamId].Id, known);
            else unknown.Add(streamId);
        }

        unread = [.. unknown];
    }

    internal void AddLockTo(NpgsqlBatch batch)
    {
        if (AreRead) return;
        var command = new NpgsqlBatchCommand(Lock);
        command.Parameters.Add(Columns.Texts([.. unread], id => id));
        batch.BatchCommands.Add(command);
    }

    internal async Task ReadAsync(NpgsqlDataReader reader, CancellationToken cancellation)
    {
        if (AreRead) return;
        while (await reader.ReadAsync(cancellation))
        {
            var id = rows[reader.GetString(0)].Id;
            rows[id.StreamId] = PayoutRow.Read(
                PayoutState.Read(id, reader.GetFieldValue<byte[]>(1)),
                reader.GetInt64(2),
                reader.IsDBNull(6) ? null : reader.GetFieldValue<byte[]>(6),
                reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3),
                reader.GetInt32(4),
                reader.IsDBNull(5) ? null : reader.GetFieldValue<DateTimeOffset>(5),
                isErased: !reader.IsDBNull(7),
                reader.IsDBNull(8) ? null : reader.GetFieldValue<byte[]>(8));
        }
    }
}
