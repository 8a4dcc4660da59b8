using Microsoft.Extensions.Logging.Abstractions;
using Reconciler.Access;
using Reconciler.Access.Audit;
using Reconciler.Connections;
using Reconciler.Finance;
using Reconciler.Finance.Periods;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Bookkeeping;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Verifying;

public sealed class Tampering_with_the_database(PostgresFixture postgres)
{
    private const string SomeFinal = "(select stream_id from reconciler.payouts where final order by stream_id limit 1)";

    private static readonly (string Check, string Sql)[] Tamperings =
    [
        ("payout", $"update reconciler.payouts set status = 'cancelled' where stream_id = {SomeFinal}"),
        ("payout", $"update reconciler.payouts set amount = amount + 1 where stream_id = {SomeFinal}"),
        ("payout", $"update reconciler.payouts set state = substring(state from 1 for length(state) - 1) || '\\x00'::bytea where stream_id = {SomeFinal}"),
        ("payout", $"update reconciler.payouts set first_seen_at = first_seen_at - interval '1 second' where stream_id = {SomeFinal}"),
        ("payout", $"update reconciler.payouts set version = version + 1 where stream_id = {SomeFinal}"),
        ("payout", $"delete from reconciler.payouts where stream_id = {SomeFinal}"),
        ("payout", "update reconciler.mt_events set data = jsonb_set(data, '{digest}', to_jsonb(repeat('0', 64))) where type = 'webhook_received' and stream_id = (select min(stream_id) from reconciler.payouts where rule = 'webhook_final')"),
        ("stream", "delete from reconciler.mt_events where seq_id = (select min(seq_id) from reconciler.mt_events where version = 2)"),
        ("stream", $"update reconciler.mt_streams set version = version + 1 where id = {SomeFinal}"),
        ("stream", $"update reconciler.mt_events set type = 'something_else' where stream_id = {SomeFinal} and version = 1"),
        ("cases", "update reconciler.discrepancies set closed_at = now() where id = (select id from reconciler.discrepancies where closed_at is null order by id limit 1)"),
        ("cases", "delete from reconciler.discrepancies where id = (select id from reconciler.discrepancies order by id limit 1)"),
        ("feed", "delete from reconciler.changes where position = 3"),
        ("feed", "update reconciler.changes set body = jsonb_set(body, '{to}', '\"expired\"') where position = (select min(position) from reconciler.changes where body->>'to' = 'succeeded')"),
        ("feed", "update reconciler.changes set body = jsonb_set(body, '{id}', to_jsonb(gen_random_uuid())) where position = 2"),
        ("feed", "update reconciler.feed_head set position = position + 1"),
        ("book", "update reconciler.changes set body = jsonb_set(body, '{amount}', '\"1\"') where position = 2"),
        ("book", "update reconciler.payout_moves set status = 'expired' where number = 5"),
        ("book", "update reconciler.payout_moves set amount = 1 where number = 5"),
        ("book", "update reconciler.payout_moves set known_at = known_at - interval '1 day' where number = 5"),
        ("book", "delete from reconciler.payout_moves where number = 5"),
        ("book", "update reconciler.payout_standings set open_discrepancies = '{overdue}' where stream_id = (select min(stream_id) from reconciler.payout_standings)"),
        ("book", "delete from reconciler.payout_standings where stream_id = (select min(stream_id) from reconciler.payout_standings)"),
        ("sums", "update reconciler.payout_totals set payouts = payouts + 1 where ctid = (select min(ctid) from reconciler.payout_totals)"),
        ("sums", "delete from reconciler.payout_totals where ctid = (select min(ctid) from reconciler.payout_totals where payouts <> 0)"),
        ("sums", "insert into reconciler.payout_waiting values ('2026-11-20T10:00Z', 'zopay-test', 'zopay', 'pending', 'XOF', 1, 5000)"),
        ("periods", "update reconciler.closed_periods set totals = jsonb_set(totals, '{0,count}', '99')"),
        ("periods", "update reconciler.closed_periods set position = position - 1"),
    ];

    [Fact]
    public async Task Each_kind_is_found_and_named()
    {
        await using var story = new Story(await postgres.NewDatabaseAsync(), seed: 7);
        for (var round = 0; round < 4; round++) await story.HappenAsync(40);
        await CloseAsync(story);
        (await story.VerifyAsync()).ShouldBeEmpty();

        foreach (var (check, sql) in Tamperings)
        {
            await Rows.RunAsync(story.ConnectionString, "create schema kept");
            await CopyAsync(story, into: "kept");
            await Rows.RunAsync(story.ConnectionString, sql);
            (await story.VerifyAsync()).Select(finding => finding.Check).ShouldContain(check, sql);
            await CopyAsync(story, into: "reconciler");
            await Rows.RunAsync(story.ConnectionString, "drop schema kept cascade");
        }

        (await story.VerifyAsync()).ShouldBeEmpty();
    }

    private static async Task CloseAsync(Story story)
    {
        var installation = new Installation(story.Database, new ConnectionsOptions { MasterKey = Convert.ToBase64String(new byte[32]) });
        await installation.LoadAsync(CancellationToken.None);
        var audit = new AuditLog(story.Database, installation, TimeProvider.System, NullLogger<AuditLog>.Instance);
        var periods = new ClosedPeriods(story.Database, new Summaries(story.Database, story.Book, new ReadTurns(TimeProvider.System)), audit, TimeProvider.System);
        Period.TryParse("2026-11", out var month).ShouldBeTrue();
        (await periods.CloseAsync(Words.Connection, month, Actor.Service("test"), CancellationToken.None)).ShouldNotBeNull();
    }

    private static async Task CopyAsync(Story story, string into)
    {
        string[] tables =
        [
            "mt_streams", "mt_events", "payouts", "discrepancies", "changes", "feed_head", "payout_moves", "payout_standings", "payout_totals", "payout_waiting", "closed_periods",
        ];
        var sql = into == "kept"
            ? string.Join(';', tables.Select(table => $"create table kept.{table} as table reconciler.{table}"))
            : $"set session_replication_role = replica; {string.Join(';', tables.Select(table => $"delete from reconciler.{table}; insert into reconciler.{table} table kept.{table}"))}";
        await Rows.RunAsync(story.ConnectionString, sql);
    }
}
