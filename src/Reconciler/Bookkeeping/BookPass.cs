using System.Data;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;
using Reconciler.Ledger;

namespace Reconciler.Bookkeeping;

/// <summary>
/// One transaction of the keeper: some changes after the position that was booked last become moves, standings and sums, and the
/// position follows. Killed anywhere, it has done all of it or nothing; done twice, the second finds nothing to do.
/// </summary>
internal sealed class BookPass(NpgsqlConnection connection, DateTimeOffset now)
{
    internal const int ChangesMax = 4_000;

    // One keeper at a time. A row that another has moved since our snapshot is a serialization failure, and harmless.
    private const string Progress = """
        select position, moves, known_at, sealed_at, waiting_position is not distinct from position
        from reconciler.book_progress for update skip locked
        """;

    // By the primary key.
    private const string Changes = $"""
        select position, case when kind <> '{ChangeKind.ChainAnchored}' then body end, recorded_at
        from reconciler.changes where position > $1 order by position limit $2
        """;

    private const string Head = "select position from reconciler.feed_head";

    private const string Amendments = "select id, stream_id, recorded_at from reconciler.payout_amendments order by id limit $1";

    // Both by their primary keys.
    private const string Standings = """
        select stream_id, provider, first_seen_at, reference, status, confidence, status_version, amount, currency, failure::text,
            open_discrepancies, final_at, last_digits
        from reconciler.payout_standings where stream_id = any($1)
        """;

    private const string Payouts = $"""
        select stream_id, provider, first_seen_at, amount, currency, {LastDigits} from reconciler.payouts where stream_id = any($1)
        """;

    /// <summary>Of a payout's masked recipient, in SQL; null where the mask shows fewer than four.</summary>
    internal const string LastDigits = "substring(recipient from '([0-9]{4})$')";

    private const string Forget = "delete from reconciler.payout_amendments where id = any($1)";

    private const string Follow = """
        update reconciler.book_progress set position = $1, moves = $2, known_at = $3, sealed_at = $4, kept_at = $5, waiting_position = $1
        """;

    /// <param name="seal">A time of which is told what was known at it, once the book has all that is committed; null: none.</param>
    /// <returns>Null where another keeper is at it.</returns>
    internal async Task<BookState?> RunAsync(DateTimeOffset? seal, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        try
        {
            if (await ReadProgressAsync(cancellation) is not { } state) return null;
            var (changes, head, amendments) = await ReadNewAsync(state.Position, cancellation);
            var position = changes.Count > 0 ? changes[^1].Position : state.Position;
            // What an amendment stands for is in the payouts' rows as this snapshot shows them: they are taken once the book has come as far.
            if (position < head) amendments = [];
            var moves = Moves(state, changes, amendments, await ReadKnownAsync(changes, amendments, cancellation));
            var isWhole = position == head && amendments.Count < ChangesMax;
            var after = state with
            {
                Position = position,
                Moves = state.Moves + moves.Count,
                KnownAt = moves.Count > 0 ? moves[^1].KnownAt : state.KnownAt,
                SealedAt = isWhole && seal > state.SealedAt ? seal.Value : state.SealedAt,
                IsWhole = isWhole,
                Booked = changes.Count,
                Behind = head - position,
            };
            if (after with { IsWhole = false, Booked = 0, Behind = 0 } == state && amendments.Count == 0 && state.HasWaiting) return after;
            await StoreAsync(after, moves, amendments, makesWaitingAnew: !state.HasWaiting, cancellation);
            await transaction.CommitAsync(cancellation);
            return after with { HasWaiting = true };
        }
        catch (PostgresException raced) when (raced.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected)
        {
            return null;
        }
    }

    private async Task<BookState?> ReadProgressAsync(CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Progress, connection);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation)
            ? new BookState(row.GetInt64(0), row.GetInt64(1), row.GetFieldValue<DateTimeOffset>(2), row.GetFieldValue<DateTimeOffset>(3), IsWhole: false)
            {
                HasWaiting = row.GetBoolean(4),
            }
            : null;
    }

    private async Task<(List<Told> Changes, long Head, List<Amendment> Amendments)> ReadNewAsync(long position, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Changes)
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = position }, new NpgsqlParameter<int> { TypedValue = ChangesMax } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Head));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Amendments) { Parameters = { new NpgsqlParameter<int> { TypedValue = ChangesMax } } });
        await using var rows = await batch.ExecuteReaderAsync(cancellation);
        var changes = new List<Told>();
        while (await rows.ReadAsync(cancellation))
            changes.Add(new Told(rows.GetInt64(0), rows.IsDBNull(1) ? null : Change(rows.GetFieldValue<byte[]>(1)), rows.GetFieldValue<DateTimeOffset>(2)));
        await rows.NextResultAsync(cancellation);
        await rows.ReadAsync(cancellation);
        var head = rows.GetInt64(0);
        await rows.NextResultAsync(cancellation);
        var amendments = new List<Amendment>();
        while (await rows.ReadAsync(cancellation)) amendments.Add(new Amendment(rows.GetInt64(0), rows.GetString(1), rows.GetFieldValue<DateTimeOffset>(2)));
        return (changes, head, amendments);
    }

    internal static ChangeBody Change(byte[] json) =>
        JsonSerializer.Deserialize<ChangeBody>(json, JsonShapes.Answered) ?? throw new JsonException("A change is never null.");

    private async Task<Known> ReadKnownAsync(List<Told> changes, List<Amendment> amendments, CancellationToken cancellation)
    {
        string[] streams = [.. changes.Select(told => told.Change?.Payout.StreamId).OfType<string>().Concat(amendments.Select(one => one.StreamId)).Distinct()];
        var known = new Known([], []);
        if (streams.Length == 0) return known;
        await using var batch = new NpgsqlBatch(connection);
        foreach (var sql in (string[])[Standings, Payouts])
            batch.BatchCommands.Add(new NpgsqlBatchCommand(sql) { Parameters = { new NpgsqlParameter { Value = streams, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text } } });
        await using var rows = await batch.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation)) known.Standings.Add(rows.GetString(0), StandingOf(rows));
        await rows.NextResultAsync(cancellation);
        while (await rows.ReadAsync(cancellation))
        {
            known.Rows.Add(rows.GetString(0), new ReadRow(
                rows.GetString(1), rows.GetFieldValue<DateTimeOffset>(2), rows.IsDBNull(3) ? null : rows.GetDecimal(3),
                rows.IsDBNull(4) ? null : rows.GetString(4), rows.IsDBNull(5) ? null : rows.GetString(5)));
        }

        return known;
    }

    private static Standing StandingOf(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2), row.IsDBNull(3) ? null : row.GetString(3),
        EnumWords<PayoutStatus>.Parse(row.GetString(4)), EnumWords<Confidence>.Parse(row.GetString(5)), row.GetInt64(6),
        row.IsDBNull(7) ? null : row.GetDecimal(7), row.IsDBNull(8) ? null : row.GetString(8), row.IsDBNull(9) ? null : row.GetString(9),
        [.. row.GetFieldValue<string[]>(10)], row.IsDBNull(11) ? null : row.GetFieldValue<DateTimeOffset>(11), row.IsDBNull(12) ? null : row.GetString(12));

    private List<Move> Moves(BookState state, List<Told> changes, List<Amendment> amendments, Known known)
    {
        var moves = new List<Move>(changes.Count);
        var knownAt = state.KnownAt;
        foreach (var (position, change, recordedAt) in changes)
        {
            if (change is null) continue;
            var before = known.Standings.GetValueOrDefault(change.Payout.StreamId);
            // A payout without a row is damage, which the command verify names; the book of all others must not stop for it.
            var row = known.Rows.GetValueOrDefault(change.Payout.StreamId) ?? new ReadRow("", recordedAt, null, null, null);
            Add(position, change.Kind, recordedAt, before, Standing.After(before, change, row));
        }

        foreach (var (_, streamId, recordedAt) in amendments)
        {
            if (!known.Standings.TryGetValue(streamId, out var before) || !known.Rows.TryGetValue(streamId, out var row)) continue;
            if (before.Amended(row) is var after && after != before)
                Add(changes.Count > 0 ? changes[^1].Position : state.Position, Move.Amended, recordedAt, before, after);
        }

        return moves;

        void Add(long position, string kind, DateTimeOffset recordedAt, Standing? before, Standing after)
        {
            knownAt = Move.KnownFrom(recordedAt, knownAt, state.SealedAt, now);
            moves.Add(new Move(state.Moves + moves.Count + 1, position, kind, knownAt, recordedAt, before, after));
            known.Standings[after.StreamId] = after;
        }
    }

    private async Task StoreAsync(BookState after, List<Move> moves, List<Amendment> amendments, bool makesWaitingAnew, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        if (makesWaitingAnew) WaitingRows.AddMakingAnewTo(batch);
        if (moves.Count > 0) BookRows.AddTo(batch, moves);
        if (amendments.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Forget)
            {
                Parameters = { new NpgsqlParameter { Value = amendments.Select(one => one.Id).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint } },
            });
        }

        var follow = new NpgsqlBatchCommand(Follow);
        follow.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after.Position });
        follow.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after.Moves });
        follow.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = after.KnownAt, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        follow.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = after.SealedAt, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        follow.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        batch.BatchCommands.Add(follow);
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <param name="Change">Null where it is about no payout.</param>
    private sealed record Told(long Position, ChangeBody? Change, DateTimeOffset RecordedAt);

    private sealed record Amendment(long Id, string StreamId, DateTimeOffset RecordedAt);

    private sealed record Known(Dictionary<string, Standing> Standings, Dictionary<string, ReadRow> Rows);
}

/// <summary>How far the book is kept.</summary>
/// <param name="IsWhole">Whether it held all that was committed when it was looked at.</param>
internal sealed record BookState(long Position, long Moves, DateTimeOffset KnownAt, DateTimeOffset SealedAt, bool IsWhole)
{
    /// <summary>Whether the counts of what waits were kept up to the position.</summary>
    public bool HasWaiting { get; init; }

    /// <summary>How many changes the pass booked.</summary>
    public int Booked { get; init; }

    /// <summary>How many were still to be booked then.</summary>
    public long Behind { get; init; }
}
