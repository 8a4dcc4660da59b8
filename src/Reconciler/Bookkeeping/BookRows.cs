using Npgsql;
using NpgsqlTypes;
using Reconciler.Appending;
using Reconciler.Core;

namespace Reconciler.Bookkeeping;

/// <summary>Writes moves, the standings that they leave, and what they add up to.</summary>
internal static class BookRows
{
    private const string InsertMoves = """
        insert into reconciler.payout_moves (number, position, stream_id, kind, known_at, recorded_at, connection, provider, day, first_seen_at,
            reference, status, final, confidence, status_version, amount, currency, failure, open_discrepancies, final_at,
            from_status, from_amount, from_currency, from_day)
        select number, position, stream_id, kind, known_at, recorded_at, connection, provider, day, first_seen_at,
            reference, status, final, confidence, status_version, amount, currency, failure, string_to_array(open_discrepancies, ' '), final_at,
            from_status, from_amount, from_currency, from_day
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
            as move (number, position, stream_id, kind, known_at, recorded_at, connection, provider, day, first_seen_at,
            reference, status, final, confidence, status_version, amount, currency, failure, open_discrepancies, final_at,
            from_status, from_amount, from_currency, from_day)
        """;

    // By the primary key.
    private const string UpsertStandings = """
        insert into reconciler.payout_standings (stream_id, number, connection, provider, first_seen_at, reference, status, final, confidence,
            status_version, amount, currency, failure, open_discrepancies, final_at, last_digits)
        select stream_id, number, connection, provider, first_seen_at, reference, status, final, confidence,
            status_version, amount, currency, failure, string_to_array(open_discrepancies, ' '), final_at, last_digits
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
            as standing (stream_id, number, connection, provider, first_seen_at, reference, status, final, confidence,
            status_version, amount, currency, failure, open_discrepancies, final_at, last_digits)
        on conflict (stream_id) do update set
            number = excluded.number, provider = excluded.provider, first_seen_at = excluded.first_seen_at, reference = excluded.reference,
            status = excluded.status, final = excluded.final, confidence = excluded.confidence, status_version = excluded.status_version,
            amount = excluded.amount, currency = excluded.currency, failure = excluded.failure,
            open_discrepancies = excluded.open_discrepancies, final_at = excluded.final_at, last_digits = excluded.last_digits
        """;

    // By the primary key.
    private const string AddTotals = """
        insert into reconciler.payout_totals as total (known_day, day, connection, provider, status, currency, payouts, amount)
        select * from unnest($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (day, connection, status, currency, provider, known_day) do update set
            payouts = total.payouts + excluded.payouts, amount = total.amount + excluded.amount
        """;

    internal static void AddTo(NpgsqlBatch batch, List<Move> moves)
    {
        AddMoves(batch, moves);
        AddStandings(batch, [.. moves.GroupBy(move => move.After.StreamId).Select(steps => steps.Last())]);
        AddSums(batch, TotalsOfMoves.Of(moves));
        WaitingRows.AddTo(batch, moves);
    }

    private static void AddMoves(NpgsqlBatch batch, List<Move> moves)
    {
        var command = new NpgsqlBatchCommand(InsertMoves);
        var parameters = command.Parameters;
        parameters.Add(Columns.Of(moves, move => move.Number, NpgsqlDbType.Bigint));
        parameters.Add(Columns.Of(moves, move => move.Position, NpgsqlDbType.Bigint));
        parameters.Add(Columns.Texts(moves, move => move.After.StreamId));
        parameters.Add(Columns.Texts(moves, move => move.Kind));
        parameters.Add(Columns.Of(moves, move => move.KnownAt, NpgsqlDbType.TimestampTz));
        parameters.Add(Columns.Of(moves, move => move.RecordedAt, NpgsqlDbType.TimestampTz));
        parameters.Add(Columns.Texts(moves, move => move.After.Connection));
        parameters.Add(Columns.Texts(moves, move => move.After.Provider));
        parameters.Add(Columns.Of(moves, move => move.After.Day, NpgsqlDbType.Date));
        parameters.Add(Columns.Of(moves, move => move.After.FirstSeenAt, NpgsqlDbType.TimestampTz));
        AddStanding(parameters, moves);
        parameters.Add(Columns.Texts(moves, move => move.Before?.Status.Word()));
        parameters.Add(Columns.Of(moves, move => move.Before?.Amount, NpgsqlDbType.Numeric));
        parameters.Add(Columns.Texts(moves, move => move.Before?.Currency));
        parameters.Add(Columns.Of(moves, move => move.Before is { } before && before.Day != move.After.Day ? before.Day : (DateOnly?)null, NpgsqlDbType.Date));
        batch.BatchCommands.Add(command);
    }

    private static void AddStandings(NpgsqlBatch batch, List<Move> last)
    {
        var command = new NpgsqlBatchCommand(UpsertStandings);
        var parameters = command.Parameters;
        parameters.Add(Columns.Texts(last, move => move.After.StreamId));
        parameters.Add(Columns.Of(last, move => move.Number, NpgsqlDbType.Bigint));
        parameters.Add(Columns.Texts(last, move => move.After.Connection));
        parameters.Add(Columns.Texts(last, move => move.After.Provider));
        parameters.Add(Columns.Of(last, move => move.After.FirstSeenAt, NpgsqlDbType.TimestampTz));
        AddStanding(parameters, last);
        parameters.Add(Columns.Texts(last, move => move.After.LastDigits));
        batch.BatchCommands.Add(command);
    }

    // From the reference to the final moment: the same columns in both tables.
    private static void AddStanding(NpgsqlParameterCollection parameters, List<Move> moves)
    {
        parameters.Add(Columns.Texts(moves, move => move.After.Reference));
        parameters.Add(Columns.Texts(moves, move => move.After.Status.Word()));
        parameters.Add(Columns.Of(moves, move => move.After.Status.IsFinal(), NpgsqlDbType.Boolean));
        parameters.Add(Columns.Texts(moves, move => move.After.Confidence.Word()));
        parameters.Add(Columns.Of(moves, move => move.After.StatusVersion, NpgsqlDbType.Bigint));
        parameters.Add(Columns.Of(moves, move => move.After.Amount, NpgsqlDbType.Numeric));
        parameters.Add(Columns.Texts(moves, move => move.After.Currency));
        parameters.Add(Columns.Of(moves, move => move.After.FailureJson, NpgsqlDbType.Jsonb));
        parameters.Add(Columns.Texts(moves, move => string.Join(' ', move.After.Open)));
        parameters.Add(Columns.Of(moves, move => move.After.FinalAt, NpgsqlDbType.TimestampTz));
    }

    private static void AddSums(NpgsqlBatch batch, List<TotalDelta> sums)
    {
        if (sums.Count == 0) return;
        var command = new NpgsqlBatchCommand(AddTotals);
        var parameters = command.Parameters;
        parameters.Add(Columns.Of(sums, sum => sum.Key.KnownDay, NpgsqlDbType.Date));
        parameters.Add(Columns.Of(sums, sum => sum.Key.Day, NpgsqlDbType.Date));
        parameters.Add(Columns.Texts(sums, sum => sum.Key.Connection));
        parameters.Add(Columns.Texts(sums, sum => sum.Key.Provider));
        parameters.Add(Columns.Texts(sums, sum => sum.Key.Status.Word()));
        parameters.Add(Columns.Texts(sums, sum => sum.Key.Currency));
        parameters.Add(Columns.Of(sums, sum => sum.Payouts, NpgsqlDbType.Bigint));
        parameters.Add(Columns.Of(sums, sum => sum.Amount, NpgsqlDbType.Numeric));
        batch.BatchCommands.Add(command);
    }
}
