using Npgsql;
using Reconciler.Finance;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Bookkeeping;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Finance;

public sealed class The_indexes_of_the_queries(PostgresFixture postgres)
{
    // Sixty thousand payouts over ninety days, of five connections; one in a hundred waits, one in two hundred has a case.
    private const string Fill = """
        create temporary table made as select
            'c-' || at % 5 || '/p-' || at as stream_id, 'c-' || at % 5 as connection, (array['zopay', 'pawapay', 'awdpay', 'zayono', 'caurisflux'])[at % 5 + 1] as provider,
            'p-' || at as provider_payout_id, 'order-' || lpad(at::text, 6, '0') as reference,
            case when at % 100 = 0 then 'pending' when at % 37 = 0 then 'failed' when at % 5000 = 1 then 'expired' else 'succeeded' end as status,
            at % 100 <> 0 as final, 1000 + at % 9000 as amount, 'mm-' || at as provider_reference, timestamptz '2026-08-01Z' + at * interval '2 minutes' as at,
            lpad((at % 10000)::text, 4, '0') as digits, case when at % 200 = 0 then '{overdue}'::varchar[] else '{}' end as cases, at as number
            from generate_series(1, 60000) as at;
        insert into reconciler.payouts (stream_id, connection, provider, provider_payout_id, reference, status, final, confidence, rule, status_version, amount,
            currency, recipient, recipient_digest, provider_reference, open_discrepancies, first_seen_at, version, poll_faults)
        select stream_id, connection, provider, provider_payout_id, reference, status, final, 'confirmed', 'poll_final', 1, amount,
            'XOF', '+221•••••' || digits, md5(provider_payout_id), provider_reference, cases, at, 1, 0 from made;
        insert into reconciler.payout_standings (stream_id, number, connection, provider, first_seen_at, reference, status, final, confidence, status_version,
            amount, currency, open_discrepancies, last_digits)
        select stream_id, number, connection, provider, at, reference, status, final, 'confirmed', 1, amount, 'XOF', cases, digits from made;
        insert into reconciler.payout_moves (number, position, stream_id, kind, known_at, recorded_at, connection, provider, day, first_seen_at, reference,
            status, final, confidence, status_version, amount, currency, open_discrepancies)
        select number, number, stream_id, 'payout.status_changed', at, at, connection, provider, (at at time zone 'UTC')::date, at, reference,
            status, final, 'confirmed', 1, amount, 'XOF', cases from made;
        insert into reconciler.changes (position, epoch, stream_id, status_version, kind, body, recorded_at)
        select number, gen_random_uuid(), stream_id, 1, 'payout.status_changed', '{}', at from made;
        insert into reconciler.discrepancies (id, stream_id, connection, kind, evidence, detail, opened_at, due_at, closed_at)
        select gen_random_uuid(), stream_id, connection, 'overdue', '{}', '', at, at + interval '1 day', case when number % 200 <> 0 then at end
        from made;
        update reconciler.book_progress set position = 60000, moves = 60000, known_at = timestamptz '2026-11-20Z';
        update reconciler.feed_head set position = 60000;
        """;

    private static readonly (string Query, string Index)[] Lists =
    [
        ("", "payouts_by_first_seen"), ("from=2026-10-01&to=2026-10-02", "payouts_by_first_seen"), ("reference=order-000777", "payouts_by_reference"),
        ("recipient=221770000001", "payouts_by_recipient"), ("status=expired", "payout_standings_by_status"), ("status=failed", "payout_standings_by_status"),
        ("connection=c-3", "payout_standings_by_connection"), ("final=false", "payout_standings_not_final"), ("discrepancy=any", "payout_standings_with_cases"),
        ("discrepancy=overdue", "payout_standings_with_cases"), ("provider=awdpay", "payout_standings_by_provider"),
        ("currency=XOF&minAmount=9995", "payout_standings_by_amount"), ("q=order-00077", "payouts_by_reference"), ("q=mm-7123", "payouts_by_provider_reference"),
        ("q=1234", "payout_standings_by_last_digits"), ("q=c-1%2Fp-71", "pkey"), ("q=22177000000123", "payouts_by_recipient"),
        ("confidence=confirmed", "payouts_by_first_seen"),
    ];

    private static readonly (string Query, string Index)[] KnownLists =
    [
        ("knownAt=2026-10-01", "payout_moves_by_first_seen"), ("knownAt=2026-10-01", "payout_moves_by_payout"),
        ("knownAt=2026-10-01&q=order-00077", "payout_moves_by_reference"),
    ];

    private static readonly (string Query, string Index)[] Sums =
    [
        ("", "payout_totals"), ("", "payout_standings_not_final"), ("reference=order-000777", "payouts_by_reference"),
        ("from=2026-10-01T10:00:00Z&to=2026-10-01T11:00:00Z", "payout_standings_by_first_seen"), ("knownAt=2026-10-01", "payout_moves_by_time"),
        ("knownAt=2026-10-01", "payout_standings_by_first_seen"), ("knownAt=2026-10-01", "payout_moves_by_payout"),
        ("knownAt=2026-10-01&confidence=confirmed", "payout_moves_not_final"),
    ];

    [Fact]
    public async Task Are_the_ones_that_serve_them()
    {
        await using var story = new Story(await postgres.NewDatabaseAsync(), seed: 1);
        await Rows.RunAsync(story.ConnectionString, Fill);
        await Rows.RunAsync(story.ConnectionString, "vacuum analyze");

        foreach (var (query, index) in Lists)
        {
            var filter = Story.List(query);
            filter.Problems.ShouldBeEmpty(query);
            await ShouldUseAsync(story, query, index, parameters => PayoutListing.Sql(filter.Payouts, filter.AddPageTo(parameters, 60_000, null, 51)));
        }

        foreach (var (query, index) in KnownLists)
        {
            var filter = Story.List(query);
            await ShouldUseAsync(story, query, index, parameters => KnownPayouts.Sql(filter.Payouts, filter.AddPageTo(parameters, 30_000, null, 51)));
        }

        foreach (var (query, index) in Sums)
        {
            var filter = Story.Sums(query);
            await ShouldUseAsync(story, query, index, parameters => SummarySql.Rows(filter), SummarySql.Ages(filter, [.. SummarySql.Bands.Select(_ => "'2026-10-01Z'::timestamptz")]), filter.Payouts);
        }

        foreach (var index in (string[])["payout_waiting", "payout_standings_not_final", "payout_standings_pkey", "payouts_pkey"])
        {
            var filter = Story.Sums("");
            await ShouldUseAsync(story, "ages", index, _ => SummarySql.Rows(filter), WaitingSql.Ages(filter, [.. SummarySql.Bands.Select(_ => "'2026-10-01Z'::timestamptz")]), filter.Payouts);
        }

        await ShouldUseAsync(story, "cases", "discrepancies_open",
            _ => "select * from reconciler.discrepancies where closed_at is null order by opened_at desc, id desc limit 51");
        await ShouldUseAsync(story, "late moves", "payout_moves_by_day",
            _ => "select * from reconciler.payout_moves where connection = 'c-1' and day = any('{2026-10-01,2026-10-02}') and number > 42000 order by number limit 100");
    }

    private static async Task ShouldUseAsync(
        Story story, string query, string index, Func<NpgsqlParameterCollection, string> sql, string? second = null, PayoutConditions? payouts = null)
    {
        var plan = "";
        foreach (var _ in (int[])(second is null ? [1] : [1, 2]))
        {
            await using var command = story.Database.CreateCommand();
            payouts?.AddParametersTo(command.Parameters, payouts.KnownAt is null ? 60_000 : 30_000);
            var text = plan.Length == 0 ? sql(command.Parameters) : second!;
            command.CommandText = "explain " + text;
            await using var rows = await command.ExecuteReaderAsync();
            while (await rows.ReadAsync()) plan += rows.GetString(0) + "\n";
        }

        plan.ShouldContain(index, Case.Sensitive, $"{query}:\n{plan}");
    }
}
