using System.Globalization;
using Npgsql;

namespace Reconciler.Tests.Ledger;

/// <summary>A long feed at once, written past the append path: what reading it takes does not depend on how it came to be.</summary>
internal static class FeedRows
{
    public const string Often = "zopay-test";
    public const string Seldom = "pawapay-test";

    /// <summary>Appends so many changes; each <paramref name="seldomEvery"/>-th position is of the connection <see cref="Seldom"/>, and is a case.</summary>
    public static async Task AddAsync(NpgsqlDataSource database, int count, int seldomEvery = 1000)
    {
        await using var fill = database.CreateCommand(string.Create(CultureInfo.InvariantCulture, $$"""
            with head as (update reconciler.feed_head set position = position + {{count}} returning position - {{count}} as before),
            added as (
                select before + number as position, (before + number) % {{seldomEvery}} = 0 as seldom
                from head, generate_series(1, {{count}}) as number)
            insert into reconciler.changes (position, epoch, stream_id, status_version, kind, body, recorded_at)
            select position, (select epoch from reconciler.installation), case when seldom then '{{Seldom}}/p-' else '{{Often}}/p-' end || position, 1,
                case when seldom then 'payout.discrepancy_opened' else 'payout.status_changed' end,
                jsonb_build_object('id', gen_random_uuid(), 'kind', case when seldom then 'payout.discrepancy_opened' else 'payout.status_changed' end,
                    'payout', case when seldom then '{{Seldom}}/p-' else '{{Often}}/p-' end || position, 'amount', '5000', 'currency', 'XOF'),
                now()
            from added
            """));
        fill.CommandTimeout = 300;
        await fill.ExecuteNonQueryAsync();
        await using var tell = database.CreateCommand("select pg_notify('reconciler_changes', '')");
        await tell.ExecuteNonQueryAsync();
    }
}
