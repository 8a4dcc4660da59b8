using System.Data;
using Npgsql;
using NpgsqlTypes;
using Reconciler.Streams;

namespace Reconciler.Verifying.Chains;

/// <summary>All streams, a page at a time, each page as of one moment: the service may go on meanwhile.</summary>
internal sealed class ChainWalk(NpgsqlDataSource database, EventChain chain, Findings findings)
{
    private const int StreamsMax = 1_000;

    private const string ChainedAfter = "select chained_after from reconciler.installation";

    // Each by its primary key: a stream whose payout was removed is found by the stream, and the other way round.
    private const string NextIds = """
        select id from (
            (select stream_id as id from reconciler.payouts where stream_id > $1 order by stream_id limit $2)
            union (select id from reconciler.mt_streams where id > $1 order by id limit $2)) as next
        order by id limit $2
        """;

    private const string Ends = """
        select wanted.id, stream.version, payout.stream_id is not null, payout.chain_end
        from unnest($1) as wanted (id)
        left join reconciler.mt_streams as stream on stream.id = wanted.id
        left join reconciler.payouts as payout on payout.stream_id = wanted.id
        """;

    // By pk_mt_events_stream_and_version.
    private const string Events = $"select {ChainedRow.Columns} from reconciler.mt_events where stream_id = any($1) order by stream_id, version";

    // The foreign key forbids them, and can be switched off.
    private const string Strays = """
        select stream_id, version from reconciler.mt_events as happened
        where not exists (select from reconciler.mt_streams where id = happened.stream_id) and not exists (select from reconciler.payouts where stream_id = happened.stream_id)
        order by stream_id, version
        """;

    internal long StreamsSeen { get; private set; }

    internal long EventsSeen { get; private set; }

    internal async Task RunAsync(Action<string> progress, CancellationToken cancellation)
    {
        var chainedAfter = await ChainedAfterAsync(cancellation);
        for (var after = ""; await PageAsync(after, chainedAfter, cancellation) is { } last; after = last)
            progress($"Chains: {StreamsSeen} streams, {EventsSeen} events.");
        await StraysAsync(cancellation);
    }

    /// <returns>The last id of the page; null at the end.</returns>
    private async Task<string?> PageAsync(string after, long chainedAfter, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var ids = await IdsAsync(connection, after, cancellation);
        if (ids.Count == 0) return null;
        var streams = ids.ToDictionary(id => id, id => new LinkedStream(id, chain, chainedAfter, findings), StringComparer.Ordinal);
        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        foreach (var sql in (string[])[Events, Ends])
            batch.BatchCommands.Add(new NpgsqlBatchCommand(sql) { Parameters = { Texts(ids) } });
        await using var rows = await batch.ExecuteReaderAsync(cancellation);
        for (; await rows.ReadAsync(cancellation); EventsSeen++)
        {
            var row = ChainedRow.Of(rows);
            streams[row.Event.StreamId].Take(row);
        }

        await rows.NextResultAsync(cancellation);
        while (await rows.ReadAsync(cancellation))
            streams[rows.GetString(0)].Finish(rows.IsDBNull(1) ? null : rows.GetInt64(1), rows.GetBoolean(2), rows.IsDBNull(3) ? null : rows.GetFieldValue<byte[]>(3));
        StreamsSeen += ids.Count;
        return ids[^1];
    }

    private async Task StraysAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Strays);
        command.CommandTimeout = 0;
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation))
            findings.Add("chain", $"{rows.GetString(0)} version {rows.GetInt64(1)}", "it belongs to no stream: the stream was removed, or it was put in");
    }

    private async Task<long> ChainedAfterAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(ChainedAfter);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task<List<string>> IdsAsync(NpgsqlConnection connection, string after, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(NextIds, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = after, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter { Value = StreamsMax });
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var ids = new List<string>(StreamsMax);
        while (await rows.ReadAsync(cancellation)) ids.Add(rows.GetString(0));
        return ids;
    }

    private static NpgsqlParameter Texts(List<string> ids) => new() { Value = ids.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}
