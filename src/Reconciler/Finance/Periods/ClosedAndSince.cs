using Npgsql;
using NpgsqlTypes;

namespace Reconciler.Finance.Periods;

/// <summary>What a list of closed periods tells of each besides its totals.</summary>
/// <param name="ClosedBy">By name.</param>
/// <param name="Moves">How many moves of its payouts the book has since; no more than <see cref="MovesMax"/> are counted.</param>
internal sealed record ClosedAndSince(PeriodAnswer Period, string ClosedBy, long Moves)
{
    internal const int MovesMax = 100;

    // A few probes a day of payout_moves_by_day and payout_moves_from_day, which have this order; the names by their primary key.
    private const string Since = """
        select (select name from reconciler.case_people where reference = asked.closed_by),
            (select count(*) from (
                (select from reconciler.payout_moves as move
                    where move.connection = asked.connection and move.day = any(asked.days) and move.number > asked.moves limit $3)
                union all
                (select from reconciler.payout_moves as move where move.connection = asked.connection and move.from_day = any(asked.days)
                    and move.from_day is not null and move.day <> all(asked.days) and move.number > asked.moves limit $3)) as moved)
        from (
            select connection, moves, closed_by, number,
                array(select day::date from generate_series(first_day::timestamp, last_day::timestamp, '1 day') as day) as days
            from reconciler.closed_periods
            join unnest($1, $2) with ordinality as given (of, named, number) on connection = given.of and period = given.named) as asked
        order by asked.number
        """;

    internal static async Task<IReadOnlyList<ClosedAndSince>> OfAsync(NpgsqlDataSource database, IReadOnlyList<PeriodAnswer> periods, CancellationToken cancellation)
    {
        if (periods.Count == 0) return [];
        await using var command = database.CreateCommand(Since);
        foreach (var values in (string[][])[[.. periods.Select(period => period.Connection)], [.. periods.Select(period => period.Period)]])
            command.Parameters.Add(new NpgsqlParameter { Value = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter { Value = MovesMax });
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = new List<ClosedAndSince>();
        while (await rows.ReadAsync(cancellation))
        {
            var period = periods[found.Count];
            found.Add(new ClosedAndSince(period, rows.IsDBNull(0) ? period.ClosedBy : rows.GetString(0), Math.Min(MovesMax, rows.GetInt64(1))));
        }

        return found;
    }
}
