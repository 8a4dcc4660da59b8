using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;
using Reconciler.Streams;

namespace Reconciler.Appending;

/// <summary>
/// Stored states of another layout than <see cref="PayoutState"/> writes are made anew from their streams, once, before the service
/// begins. It goes on where it was interrupted, and two nodes that do it at once do the same.
/// </summary>
internal static partial class StateLayout
{
    private const int PageRows = 500;

    private const string IsCurrent = "select state_layout = $1 from reconciler.installation";
    private const string NoteCurrent = "update reconciler.installation set state_layout = $1";

    // Served by the primary key.
    private const string NextPage = """
        select stream_id from reconciler.payouts
        where stream_id > $1 and (state is null or get_byte(state, 0) <> $2) order by stream_id limit $3
        """;

    private const string Write = """
        update reconciler.payouts as payout set state = folded.state, polls_since_heard = folded.polls
        from unnest($1, $2, $3, $4) as folded (stream_id, version, state, polls)
        where payout.stream_id = folded.stream_id and payout.version = folded.version
        """;

    internal static async Task EnsureAsync(NpgsqlDataSource database, EventReader events, ILogger log, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        if (await IsCurrentAsync(connection, cancellation)) return;
        var (after, done) = ("", 0);
        while (await PageAsync(connection, after, cancellation) is [.., var last] page)
        {
            var folded = new List<Folded>(page.Count);
            foreach (var streamId in page) folded.Add(await FoldAsync(connection, events, PayoutId.Parse(streamId), cancellation));
            await WriteAsync(connection, folded, cancellation);
            after = last;
            done += page.Count;
            Progress(log, done);
        }

        await using var note = new NpgsqlCommand(NoteCurrent, connection);
        note.Parameters.Add(new NpgsqlParameter<int> { TypedValue = PayoutState.Layout });
        await note.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<bool> IsCurrentAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var query = new NpgsqlCommand(IsCurrent, connection);
        query.Parameters.Add(new NpgsqlParameter<int> { TypedValue = PayoutState.Layout });
        return await query.ExecuteScalarAsync(cancellation) is true;
    }

    private static async Task<List<string>> PageAsync(NpgsqlConnection connection, string after, CancellationToken cancellation)
    {
        await using var query = new NpgsqlCommand(NextPage, connection);
        query.Parameters.Add(new NpgsqlParameter<string> { TypedValue = after });
        query.Parameters.Add(new NpgsqlParameter<int> { TypedValue = PayoutState.Layout });
        query.Parameters.Add(new NpgsqlParameter<int> { TypedValue = PageRows });
        var page = new List<string>(PageRows);
        await using var rows = await query.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation)) page.Add(rows.GetString(0));
        return page;
    }

    private static async Task<Folded> FoldAsync(NpgsqlConnection connection, EventReader events, PayoutId id, CancellationToken cancellation)
    {
        var (payout, version) = (new Payout(id), 0L);
        IReadOnlyList<StoredEvent> page;
        do
        {
            page = await events.ReadStreamAsync(connection, id.StreamId, version + 1, cancellation: cancellation);
            foreach (var stored in page)
            {
                if (stored.Event is PayoutEvent happened) payout = Payout.Evolve(payout, happened);
                version = stored.Version;
            }
        }
        while (page.Count == EventReader.PageMax);
        return new Folded(id.StreamId, version, PayoutState.Write(payout), payout.PollsSinceHeard);
    }

    private static async Task WriteAsync(NpgsqlConnection connection, List<Folded> folded, CancellationToken cancellation)
    {
        await using var write = new NpgsqlCommand(Write, connection);
        write.Parameters.Add(Columns.Texts(folded, one => one.StreamId));
        write.Parameters.Add(Columns.Of(folded, one => one.Version, NpgsqlDbType.Bigint));
        write.Parameters.Add(Columns.Bytes(folded, one => one.State));
        write.Parameters.Add(Columns.Of(folded, one => one.Polls, NpgsqlDbType.Integer));
        await write.ExecuteNonQueryAsync(cancellation);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} payouts folded again from their streams: their stored state had another layout")]
    private static partial void Progress(ILogger log, int count);

    private sealed record Folded(string StreamId, long Version, byte[] State, int Polls);
}
