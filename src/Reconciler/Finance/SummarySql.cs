using System.Globalization;
using Reconciler.Bookkeeping;
using Reconciler.Core;

namespace Reconciler.Finance;

/// <summary>
/// The two queries of a summary. Sums by whole days come from the book's totals, which are few; anything finer from the payouts
/// themselves. What changed since the book was kept is taken out as the book has it and put in as it is.
/// </summary>
internal static class SummarySql
{
    private const int AgeDaysMax = 3;

    /// <summary>How old a payout is at most in each band but the last.</summary>
    internal static readonly TimeSpan[] Bands = [TimeSpan.FromMinutes(5), TimeSpan.FromHours(1), TimeSpan.FromDays(1), TimeSpan.FromDays(AgeDaysMax)];

    /// <summary>Day, connection and status (null where not asked by), currency, count, sum.</summary>
    internal static string Rows(SummaryFilter filter)
    {
        var by = Dimensions(filter);
        return $"""
            {Cte(filter)}
            select {(filter.ByDay ? "day" : "null::date")}, {(filter.ByConnection ? "connection" : "null")}, {(filter.ByStatus ? "status" : "null")},
                nullif(currency, ''), sum(payouts)::bigint, sum(amount)
            from ({(filter.Payouts.IsByTotals ? Totals(filter) : Each(filter))}) as part
            group by {string.Join(", ", by)} having sum(payouts) <> 0
            order by {string.Join(", ", by.Select(column => column == "day" ? "day desc" : column))}
            """;
    }

    /// <summary>Age band, connection (null where not asked by), currency, count, sum.</summary>
    /// <param name="since">Parameters: from when on a payout is in each band but the last. In SQL they would be computed anew for each row.</param>
    internal static string Ages(SummaryFilter filter, IReadOnlyList<string> since)
    {
        // As they were known, the payouts of the days before the last band's beginning are all in that band: the totals know how many.
        var byTotals = filter.Payouts is { KnownAt: not null, IsByTotals: true };
        var rowsFrom = byTotals ? DateOnly.FromDateTime(filter.At.UtcDateTime.AddDays(-AgeDaysMax)) : (DateOnly?)null;
        var rows = $"""
            select {Band(since)} as band, connection, currency, payouts, amount
            from ({(rowsFrom is { } first ? KnownNotFinal(filter, first) : Each(filter, notFinal: true))}) as one
            """;
        var before = !byTotals ? "" : $"""
            union all select 4, connection, currency, payouts, amount from ({Totals(filter)}) as whole
            where day < '{Day(rowsFrom!.Value)}' and status in ('pending', 'processing')
            """;
        return SumOfAges(filter, $"{rows} {before}");
    }

    /// <param name="rows">A query of bands, connections, currencies, counts and amounts.</param>
    internal static string SumOfAges(SummaryFilter filter, string rows) => $"""
        {Cte(filter)}
        select band, {(filter.ByConnection ? "connection" : "null")}, nullif(currency, ''), sum(payouts)::bigint, sum(amount)
        from ({rows}) as part
        group by band, {(filter.ByConnection ? "connection, " : "")}currency having sum(payouts) <> 0
        order by band, {(filter.ByConnection ? "connection, " : "")}currency
        """;

    internal static string Band(IReadOnlyList<string> since) => $"""
        case when first_seen_at > {since[0]} then 0 when first_seen_at > {since[1]} then 1 when first_seen_at > {since[2]} then 2
            when first_seen_at > {since[3]} then 3 else 4 end
        """;

    private static string Cte(SummaryFilter filter) => filter.Payouts.KnownAt is null ? Touched.Cte : "";

    private static List<string> Dimensions(SummaryFilter filter)
    {
        var by = new List<string>();
        if (filter.ByDay) by.Add("day");
        if (filter.ByConnection) by.Add("connection");
        if (filter.ByStatus) by.Add("status");
        return [.. by, "currency"];
    }

    private static string Totals(SummaryFilter filter) => filter.Payouts.KnownAt is { } at ? KnownTotals(filter.Payouts, at) : TotalsNow(filter.Payouts);

    // payout_totals is small; the rest is served by the primary keys.
    private static string TotalsNow(PayoutConditions payouts) => $"""
        select day, connection, status, currency, payouts, amount from (
            select day, connection, provider, status, currency, payouts, amount from reconciler.payout_totals
            union all
            select (first_seen_at at time zone 'UTC')::date, connection, provider, status, coalesce(currency, ''), -1, -coalesce(amount, 0)
            from reconciler.payout_standings where stream_id in (select stream_id from touched)
            union all
            select (first_seen_at at time zone 'UTC')::date, connection, provider, status, coalesce(currency, ''), 1, coalesce(amount, 0)
            from reconciler.payouts where stream_id in (select stream_id from touched)) as sums
        where {payouts.OnTotals()}
        """;

    // Of the day itself the moves that were known by then, which are those up to the last one known: payout_moves_by_time.
    private static string KnownTotals(PayoutConditions payouts, DateTimeOffset at)
    {
        var day = Day(DateOnly.FromDateTime(at.UtcDateTime));
        var ofTheDay = $"from reconciler.payout_moves where known_at >= '{day}T00:00:00Z' and known_at <= '{InstantConverter.Text(at)}'";
        return $"""
            select day, connection, status, currency, payouts, amount from (
                select day, connection, provider, status, currency, payouts, amount from reconciler.payout_totals where known_day < '{day}'
                union all
                select day, connection, provider, status, coalesce(currency, ''), 1, coalesce(amount, 0) {ofTheDay}
                union all
                select coalesce(from_day, day), connection, provider, from_status, coalesce(from_currency, ''), -1, -coalesce(from_amount, 0) {ofTheDay}
                    and from_status is not null) as sums
            where {payouts.OnTotals()}
            """;
    }

    // What was not final then is not final now, or moved since; and whose first sighting was moved to an earlier day since, that move says so:
    // payout_standings_by_first_seen, payout_moves_from_day. How it stood then, payout_moves_by_payout.
    private static string KnownNotFinal(SummaryFilter filter, DateOnly from) => $"""
        select connection, coalesce(currency, '') as currency, 1 as payouts, coalesce(amount, 0) as amount, first_seen_at
        from (
            select move.* from (
                select stream_id from reconciler.payout_standings as standing
                where first_seen_at >= '{Day(from)}T00:00:00Z' and {filter.Payouts.SeenByThen} and (number > $1 or not final)
                union
                select stream_id from reconciler.payout_moves where from_day >= '{Day(from)}' and number > $1) as candidate
            cross join lateral (
                select * from reconciler.payout_moves as one where one.stream_id = candidate.stream_id and one.number <= $1
                order by one.number desc limit 1) as move) as move
        where {filter.Payouts.OnMoves()} and not final and first_seen_at >= '{Day(from)}T00:00:00Z'
        """;

    private static string Each(SummaryFilter filter, bool notFinal = false)
    {
        const string columns = """
            (first_seen_at at time zone 'UTC')::date as day, connection, status, coalesce(currency, '') as currency, 1 as payouts,
                coalesce(amount, 0) as amount, first_seen_at
            """;
        var also = notFinal ? " and not final" : "";
        var payouts = filter.Payouts;
        if (payouts.KnownAt is not null)
        {
            // payout_moves_by_first_seen, payout_moves_not_final; and whether it was the last, payout_moves_by_payout.
            return $"""
                select {columns} from reconciler.payout_moves as move where number <= $1 and {payouts.OnMoves()}{also}
                    and {KnownMoves.IsLast}
                """;
        }

        if (payouts.IsLookup) return $"select {columns} from reconciler.payouts where {payouts.OnPayouts()}{also}";
        // payout_standings_not_final, or whichever of the standings' indexes serves what is asked.
        return $"""
            select {columns} from reconciler.payout_standings as standing where {payouts.OnStandings()}{also} and {Touched.Not("standing")}
            union all
            select {columns} from reconciler.payouts where {payouts.OnPayouts()}{also} and stream_id in (select stream_id from touched)
            """;
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
