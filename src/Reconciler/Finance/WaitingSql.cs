namespace Reconciler.Finance;

/// <summary>
/// The ages of what is not final, by the book's counts of whole minutes. The minutes that lie astride two bands are read payout by payout;
/// what changed since the book was kept is taken out as the book has it and put in as it is.
/// </summary>
internal static class WaitingSql
{
    /// <summary>As <see cref="SummarySql.Ages"/>; only where totals can answer it and the counts are kept up to the book's position.</summary>
    internal static string Ages(SummaryFilter filter, IReadOnlyList<string> since)
    {
        var astride = since.Select(moment => $"date_trunc('minute', {moment}, 'UTC')").ToList();
        // Served by the primary keys and payout_standings_not_final.
        var each = string.Join("", astride.Select(minute => $"""

            union all
            select {Columns("1", "")} from reconciler.payout_standings
            where not final and first_seen_at >= {minute} and first_seen_at < {minute} + interval '1 minute'
            """));
        return SummarySql.SumOfAges(filter, $"""
            select {SummarySql.Band(since)} as band, connection, currency, payouts, amount
            from (
                select minute as first_seen_at, connection, provider, status, currency, payouts, amount from reconciler.payout_waiting
                where minute not in ({string.Join(", ", astride)})
                {each}
                union all
                select {Columns("-1", "-")} from reconciler.payout_standings where not final and stream_id in (select stream_id from touched)
                union all
                select {Columns("1", "")} from reconciler.payouts where not final and stream_id in (select stream_id from touched)) as one
            where {filter.Payouts.OnTotals("(first_seen_at at time zone 'UTC')::date")}
            """);
    }

    private static string Columns(string payouts, string sign) =>
        $"first_seen_at, connection, provider, status, coalesce(currency, ''), {payouts}, {sign}coalesce(amount, 0)";
}
