using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;
using Reconciler.Hosting;
using Reconciler.Ledger;
using Reconciler.Streams;

namespace Reconciler.Verifying;

/// <summary>Some streams with all that is derived from them, of one snapshot.</summary>
internal sealed class StreamPage
{
    internal const int StreamsMax = 400;

    // Each by a primary key or the index of its stream.
    private const string NextIds = """
        select id from (
            (select stream_id as id from reconciler.payouts where stream_id > $1 order by stream_id limit $2)
            union (select id from reconciler.mt_streams where id > $1 order by id limit $2)
            union (select stream_id from reconciler.payout_standings where stream_id > $1 order by stream_id limit $2)) as next
        order by id limit $2
        """;

    private const string Events = "select stream_id, version, type, data from reconciler.mt_events where stream_id = any($1) order by stream_id, version";

    private const string StreamRows = "select id, version from reconciler.mt_streams where id = any($1)";

    private const string Rows = """
        select stream_id, encode(state, 'hex'), concat_ws('|', connection, provider_payout_id, status, final, confidence, rule, status_version,
                coalesce(trim_scale(amount)::text, '-'), coalesce(currency, '-'), coalesce(recipient, '-'), coalesce(recipient_digest, '-'),
                coalesce(reference, '-'), coalesce(provider_reference, '-'), array_to_string(open_discrepancies, ' '), polls_since_heard),
            first_seen_at, last_heard_at, last_polled_at, final_at, version, erased_at is not null
        from reconciler.payouts where stream_id = any($1)
        """;

    private const string Cases = "select stream_id, id, kind, closed_at is null from reconciler.discrepancies where stream_id = any($1)";

    private const string Standings = """
        select stream_id, number, concat_ws('|', connection, provider, status, final, confidence, status_version, coalesce(trim_scale(amount)::text, '-'),
            coalesce(currency, '-'), coalesce(reference, '-'), array_to_string(open_discrepancies, ' '), first_seen_at, final_at, coalesce(failure::text, '-'))
        from reconciler.payout_standings where stream_id = any($1)
        """;

    private const string LastMoves = """
        select distinct on (stream_id) stream_id, number, concat_ws('|', connection, provider, status, final, confidence, status_version,
            coalesce(trim_scale(amount)::text, '-'), coalesce(currency, '-'), coalesce(reference, '-'), array_to_string(open_discrepancies, ' '),
            first_seen_at, final_at, coalesce(failure::text, '-'))
        from reconciler.payout_moves where stream_id = any($1) order by stream_id, number desc
        """;

    private const string MoveCounts = """
        select stream_id, sum(told)::bigint from (
            select stream_id, count(*) as told from reconciler.payout_moves where stream_id = any($1) and kind <> 'payout.amended' group by stream_id
            union all
            select stream_id, count(*) from reconciler.changes
            where position > (select position from reconciler.book_progress) and stream_id = any($1) group by stream_id) as told
        group by stream_id
        """;

    // The last digits and the money of a payout's row must be what the book has, unless the row moved since.
    private const string Shown = """
        select row.stream_id, concat_ws('|', row.status, coalesce(trim_scale(row.amount)::text, '-'), coalesce(row.currency, '-'),
                row.first_seen_at, coalesce(substring(row.recipient from '([0-9]{4})$'), '-')),
            concat_ws('|', standing.status, coalesce(trim_scale(standing.amount)::text, '-'), coalesce(standing.currency, '-'),
                standing.first_seen_at, coalesce(standing.last_digits, '-'))
        from reconciler.payouts as row join reconciler.payout_standings as standing using (stream_id)
        where row.stream_id = any($1)
            and not exists (select from reconciler.changes where position > (select position from reconciler.book_progress) and stream_id = row.stream_id)
            and not exists (select from reconciler.payout_amendments where stream_id = row.stream_id)
        """;

    internal required IReadOnlyList<string> Ids { get; init; }

    internal Dictionary<string, Folded> Folds { get; } = [];

    internal Dictionary<string, long> Versions { get; } = [];

    internal Dictionary<string, StoredRow> Payouts { get; } = [];

    internal Dictionary<string, List<(Guid Id, string Kind, bool Open)>> CasesOf { get; } = [];

    internal Dictionary<string, (long Number, string Columns)> StandingOf { get; } = [];

    internal Dictionary<string, (long Number, string Columns)> LastMoveOf { get; } = [];

    internal Dictionary<string, long> Told { get; } = [];

    internal Dictionary<string, (string Row, string Standing)> ShownOf { get; } = [];

    internal static async Task<StreamPage> ReadAsync(NpgsqlConnection connection, string after, CancellationToken cancellation)
    {
        var page = new StreamPage { Ids = await IdsAsync(connection, after, cancellation) };
        if (page.Ids.Count == 0) return page;
        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        foreach (var sql in (string[])[Events, StreamRows, Rows, Cases, Standings, LastMoves, MoveCounts, Shown])
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(sql)
            {
                Parameters = { new NpgsqlParameter { Value = page.Ids.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text } },
            });
        }

        await using var rows = await batch.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation)) page.Fold(rows);
        await EachAsync(row => page.Versions[row.GetString(0)] = row.GetInt64(1));
        await EachAsync(row => page.Payouts[row.GetString(0)] = StoredRow.Of(row));
        await EachAsync(row => page.CasesAt(row.GetString(0)).Add((row.GetGuid(1), row.GetString(2), row.GetBoolean(3))));
        await EachAsync(row => page.StandingOf[row.GetString(0)] = (row.GetInt64(1), row.GetString(2)));
        await EachAsync(row => page.LastMoveOf[row.GetString(0)] = (row.GetInt64(1), row.GetString(2)));
        await EachAsync(row => page.Told[row.GetString(0)] = row.GetInt64(1));
        await EachAsync(row => page.ShownOf[row.GetString(0)] = (row.GetString(1), row.GetString(2)));
        return page;

        async Task EachAsync(Action<NpgsqlDataReader> take)
        {
            await rows.NextResultAsync(cancellation);
            while (await rows.ReadAsync(cancellation)) take(rows);
        }
    }

    internal List<(Guid Id, string Kind, bool Open)> CasesAt(string id) =>
        CasesOf.TryGetValue(id, out var cases) ? cases : CasesOf[id] = [];

    private void Fold(NpgsqlDataReader row)
    {
        var id = row.GetString(0);
        var before = Folds.GetValueOrDefault(id) ?? new Folded(null, 0, 0, true, null);
        PayoutEvent? happened = null;
        var trouble = before.Trouble;
        try
        {
            happened = PayoutStreams.Registry.Decode(row.GetString(2), row.GetFieldValue<byte[]>(3)) as PayoutEvent;
            if (happened is not null && happened.Payout.StreamId != id) trouble ??= $"version {row.GetInt64(1)} is an event of {happened.Payout}";
        }
        catch (Exception unreadable) when (unreadable is UnreadableEvent or UnknownEventType)
        {
            trouble ??= unreadable.Message;
        }

        Folds[id] = new Folded(
            happened is null ? before.Payout : Payout.Evolve(before.Payout, happened),
            row.GetInt64(1),
            before.Told + (happened is not null && ChangeKind.Of(happened) is not null ? 1 : 0),
            before.IsDense && row.GetInt64(1) == before.Version + 1,
            trouble);
    }

    private static async Task<List<string>> IdsAsync(NpgsqlConnection connection, string after, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(NextIds, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = after, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter { Value = StreamsMax });
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var ids = new List<string>();
        while (await rows.ReadAsync(cancellation)) ids.Add(rows.GetString(0));
        return ids;
    }
}

/// <param name="Version">Of its last event.</param>
/// <param name="Told">How many of its events are changes of the feed.</param>
/// <param name="Trouble">Why an event could not be folded in; null where all could.</param>
internal sealed record Folded(Payout? Payout, long Version, long Told, bool IsDense, string? Trouble);

internal sealed record StoredRow(
    string State, string Columns, DateTimeOffset FirstSeenAt, DateTimeOffset? LastHeardAt, DateTimeOffset? LastPolledAt, DateTimeOffset? FinalAt, long Version,
    bool IsErased)
{
    internal static StoredRow Of(NpgsqlDataReader row)
    {
        return new StoredRow(row.GetString(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3), At(4), At(5), At(6), row.GetInt64(7), row.GetBoolean(8));

        DateTimeOffset? At(int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
    }
}
