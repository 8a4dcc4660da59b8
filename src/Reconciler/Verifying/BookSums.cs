using Npgsql;

namespace Reconciler.Verifying;

/// <summary>The book's totals against the sum of its moves, its counts of what waits against the standings: each in one statement.</summary>
internal static class BookSums
{
    private const string Differing = """
        with summed as (
            select known_day, day, connection, provider, status, currency, sum(payouts) as payouts, sum(amount) as amount from (
                select (known_at at time zone 'UTC')::date as known_day, day, connection, provider, status, coalesce(currency, '') as currency,
                    1 as payouts, coalesce(amount, 0) as amount
                from reconciler.payout_moves
                union all
                select (known_at at time zone 'UTC')::date, coalesce(from_day, day), connection, provider, from_status, coalesce(from_currency, ''),
                    -1, -coalesce(from_amount, 0)
                from reconciler.payout_moves where from_status is not null) as step
            group by known_day, day, connection, provider, status, currency)
        select known_day, day, connection, status, currency, coalesce(summed.payouts, 0)::bigint, coalesce(summed.amount, 0)::text,
            coalesce(total.payouts, 0), coalesce(total.amount, 0)::text
        from summed full join reconciler.payout_totals as total using (known_day, day, connection, provider, status, currency)
        where coalesce(summed.payouts, 0) <> coalesce(total.payouts, 0) or coalesce(summed.amount, 0) <> coalesce(total.amount, 0)
        order by known_day, day, connection, status, currency limit 1000
        """;

    private const string DifferingWaiting = """
        with summed as (
            select date_trunc('minute', first_seen_at, 'UTC') as minute, connection, provider, status, coalesce(currency, '') as currency,
                count(*) as payouts, sum(coalesce(amount, 0)) as amount
            from reconciler.payout_standings where not final group by 1, 2, 3, 4, 5)
        select minute, connection, status, currency, coalesce(summed.payouts, 0), coalesce(summed.amount, 0)::text,
            coalesce(waiting.payouts, 0), coalesce(waiting.amount, 0)::text
        from summed full join reconciler.payout_waiting as waiting using (minute, connection, provider, status, currency)
        where (coalesce(summed.payouts, 0) <> coalesce(waiting.payouts, 0) or coalesce(summed.amount, 0) <> coalesce(waiting.amount, 0))
            and (select position = waiting_position from reconciler.book_progress)
        order by minute, connection, status, currency limit 1000
        """;

    internal static async Task CheckAsync(NpgsqlDataSource database, Findings findings, CancellationToken cancellation)
    {
        await WaitingAsync(database, findings, cancellation);
        await using var command = database.CreateCommand(Differing);
        command.CommandTimeout = 0;
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            var subject = $"{row.GetFieldValue<DateOnly>(1):yyyy-MM-dd} {row.GetString(2)} {row.GetString(3)} {row.GetString(4)}, known on {row.GetFieldValue<DateOnly>(0):yyyy-MM-dd}";
            findings.Add("sums", subject, $"the total is {row.GetInt64(7)} payouts and {row.GetString(8)}, and the moves make {row.GetInt64(5)} and {row.GetString(6)}");
        }
    }

    private static async Task WaitingAsync(NpgsqlDataSource database, Findings findings, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(DifferingWaiting);
        command.CommandTimeout = 0;
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            var subject = $"{row.GetFieldValue<DateTime>(0):yyyy-MM-dd HH:mm} {row.GetString(1)} {row.GetString(2)} {row.GetString(3)}";
            findings.Add("sums", subject, $"{row.GetInt64(6)} payouts and {row.GetString(7)} are said to wait, and the standings make {row.GetInt64(4)} and {row.GetString(5)}");
        }
    }
}
