using Npgsql;
using NpgsqlTypes;
using Reconciler.Client;

/// <summary>The books: one table of bookings, which is only added to, and how far the feed was read.</summary>
internal static class Sql
{
    /// <summary>A payout stands in the books for the sum of its bookings. An amount that nobody knows is null, never a guess.</summary>
    public const string Tables = """
        create table if not exists ledger_bookings (
            change uuid primary key, payout text not null, status_version bigint not null, status text not null,
            amount numeric, currency text, booked_at timestamptz not null default now(), unique (payout, status_version));
        create table if not exists ledger_checkpoint (only_one bool primary key default true check (only_one), position bigint not null, epoch uuid);
        insert into ledger_checkpoint (position) values (0) on conflict do nothing;
        """;

    public const string Move = "update ledger_checkpoint set position = $2, epoch = $3 where position = $1";

    /// <summary>
    /// What the payout is to stand for by this change, less what it stands for already: the amount when it has succeeded, the same back
    /// (in the currency that it was booked in) when it is no longer so. A change that was booked, or is older than one that was, books
    /// nothing. Served by the unique keys.
    /// </summary>
    public const string Book = """
        insert into ledger_bookings (change, payout, status_version, status, amount, currency)
        select $1, $2, $3, $4,
            case when $4 = 'succeeded' then $5 else 0 end - coalesce((select sum(amount) from ledger_bookings where payout = $2), 0),
            coalesce((select min(currency) from ledger_bookings where payout = $2 and amount <> 0 and $4 <> 'succeeded'), $6)
        where not exists (select from ledger_bookings where payout = $2 and status_version >= $3)
        on conflict do nothing
        """;

    public static async Task<FeedPosition> CheckpointAsync(NpgsqlDataSource books)
    {
        await using var command = books.CreateCommand("select position, epoch from ledger_checkpoint");
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        return new FeedPosition(row.GetInt64(0), row.IsDBNull(1) ? null : row.GetGuid(1));
    }

    public static async Task<int> Run(NpgsqlConnection connection, string sql, params object?[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(value is null ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Unknown } : new NpgsqlParameter { Value = value });
        return await command.ExecuteNonQueryAsync();
    }
}
