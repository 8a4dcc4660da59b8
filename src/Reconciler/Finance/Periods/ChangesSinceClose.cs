using System.ComponentModel;
using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;
using Reconciler.Hosting;
using Reconciler.Ledger;

namespace Reconciler.Finance.Periods;

/// <summary>What moved in a closed period after it was closed: before, after, and why.</summary>
internal static class ChangesSinceClose
{
    private const int LimitDefault = 100;
    private const int LimitMax = 500;
    private static readonly string[] Known = ["after", "limit"];

    // Served by payout_moves_by_day and payout_moves_from_day; the change by the feed's primary key, its event by the stream's index.
    private const string Moves = """
        select move.number, move.position, move.stream_id, move.kind, move.recorded_at,
            move.from_status, move.from_amount, move.from_currency, coalesce(move.from_day, move.day),
            move.status, move.amount, move.currency, move.day, happened.data->>'rule', change.body->'discrepancy'->>'detail'
        from (
            select * from reconciler.payout_moves where connection = $1 and day = any($2) and number > $3 and number > $4
            union
            select * from reconciler.payout_moves where connection = $1 and from_day = any($2) and from_day is not null and number > $3 and number > $4
            order by number limit $5) as move
        left join reconciler.changes as change on change.position = move.position and change.kind = move.kind
        left join reconciler.mt_events as happened on happened.stream_id = move.stream_id and happened.id = (change.body->>'id')::uuid
        order by move.number
        """;

    internal static async Task<IResult> HandleAsync(
        string connection,
        string period,
        [Description("number of the last change seen; 0 or nothing for the start.")] string? after,
        [Description("1 to 500; 100 where not given.")] string? limit,
        HttpContext context,
        NpgsqlDataSource database,
        ClosedPeriods periods,
        Bookkeeping.Book book,
        CancellationToken cancellation)
    {
        var query = new Conditions(context.Request.Query, Known);
        var seen = query.Parsed<long>("after", (string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number), "It is a whole number, 0 or more.") ?? 0;
        var most = query.Whole("limit", 1, LimitMax, LimitDefault);
        if (query.Problems.Count > 0) return Problem.Invalid(query.Problems);
        if (await ReadPeriods.FindAsync(connection, period, context, periods, cancellation) is not { } closed) return ReadPeriods.Unknown(connection, period);
        try
        {
            return TypedResults.Ok(await PageAsync(database, book, closed, seen, most, cancellation));
        }
        catch (Bookkeeping.BookBehind behind)
        {
            return Problem.Unavailable(behind.Message, Bookkeeping.BookBehind.RetryAfterSeconds);
        }
    }

    /// <param name="seen">The number of the last move seen; 0 for the start.</param>
    /// <exception cref="Bookkeeping.BookBehind">The book is too far behind to wait for.</exception>
    internal static async Task<ChangesSinceClosePage> PageAsync(
        NpgsqlDataSource database, Bookkeeping.Book book, PeriodAnswer closed, long seen, int limit, CancellationToken cancellation)
    {
        await book.CatchUpAsync(cancellation);
        var moves = await ReadAsync(database, closed, seen, limit, cancellation);
        return new ChangesSinceClosePage(closed.Connection, closed.Period, closed.Position, moves, moves.Count == limit ? moves[^1].Number : null);
    }

    private static async Task<List<LateMove>> ReadAsync(NpgsqlDataSource database, PeriodAnswer closed, long seen, int limit, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Moves);
        command.Parameters.Add(new NpgsqlParameter { Value = closed.Connection });
        command.Parameters.Add(new NpgsqlParameter { Value = Days(closed).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date });
        command.Parameters.Add(new NpgsqlParameter { Value = closed.Moves });
        command.Parameters.Add(new NpgsqlParameter { Value = seen });
        command.Parameters.Add(new NpgsqlParameter { Value = limit });
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var moves = new List<LateMove>();
        while (await rows.ReadAsync(cancellation)) moves.Add(Of(rows));
        return moves;
    }

    private static IEnumerable<DateOnly> Days(PeriodAnswer closed)
    {
        for (var day = closed.FirstDay; day <= closed.LastDay; day = day.AddDays(1)) yield return day;
    }

    private static LateMove Of(NpgsqlDataReader row)
    {
        var kind = row.GetString(3);
        var after = Side(row, 9);
        return new LateMove(
            row.GetInt64(0), row.GetInt64(1), row.GetString(2), kind, row.GetFieldValue<DateTimeOffset>(4),
            row.IsDBNull(5) ? null : Side(row, 5), after,
            row.IsDBNull(13) ? null : EnumWords<DerivationRule>.Parse(row.GetString(13)),
            Sentence(kind, row.IsDBNull(13) ? null : EnumWords<DerivationRule>.Parse(row.GetString(13)), row.IsDBNull(14) ? null : row.GetString(14)));
    }

    private static StandingAnswer Side(NpgsqlDataReader row, int first)
    {
        var amount = row.IsDBNull(first + 1) ? null : ChangeRows.Shown(row.GetDecimal(first + 1), row.GetString(first + 2));
        return new StandingAnswer(EnumWords<PayoutStatus>.Parse(row.GetString(first)), amount?.Text, amount?.Currency, row.GetFieldValue<DateOnly>(first + 3));
    }

    private static string Sentence(string kind, DerivationRule? rule, string? detail) => (kind, rule) switch
    {
        (ChangeKind.DiscrepancyOpened, _) => $"A case was opened: {detail}",
        (ChangeKind.DiscrepancyClosed, _) => $"A case was closed: {detail}",
        (Bookkeeping.Move.Amended, _) => "Evidence named the money, the recipient, or an earlier first sighting.",
        (_, DerivationRule.Resolution) => "Two people decided.",
        (_, DerivationRule.PollFinal) => "The provider answered our own request with a final status.",
        (_, DerivationRule.WebhookFinal) => "A verified webhook said a final status.",
        _ => "A word came that is not final.",
    };
}

/// <param name="Position">The last change of the feed that was in the period when it was closed.</param>
/// <param name="Next">To be sent as <c>after</c> for the next page; null where this one reaches the end.</param>
public sealed record ChangesSinceClosePage(string Connection, string Period, long Position, IReadOnlyList<LateMove> Changes, long? Next);

/// <summary>One step of a payout of the period after it was closed.</summary>
/// <param name="Number">1, 2, 3… over all payouts, in the order of the feed.</param>
/// <param name="Kind">The change's in the feed, or <c>payout.amended</c>.</param>
/// <param name="Before">Null where the payout came into being after the period was closed.</param>
/// <param name="Rule">Which rule decided the status; null where the status did not move.</param>
/// <param name="Why">In words.</param>
public sealed record LateMove(
    long Number, long Position, string Payout, string Kind, DateTimeOffset RecordedAt, StandingAnswer? Before, StandingAnswer After, DerivationRule? Rule, string Why);

/// <param name="Day">UTC, of when it was first seen.</param>
public sealed record StandingAnswer(PayoutStatus Status, string? Amount, string? Currency, DateOnly Day);
