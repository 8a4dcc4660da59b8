using Reconciler.Connections;
using Reconciler.Ledger.Anchors;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Bookkeeping;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;
using Reconciler.Verifying.Chains;

namespace Reconciler.Tests.Verifying;

/// <summary>By somebody who has the whole database, and not the master key.</summary>
public sealed class Tampering_with_a_stream(PostgresFixture postgres)
{
    // A stream with several versions, and another one.
    private const string Victim = "(select id from reconciler.mt_streams where version >= 4 order by id limit 1)";
    private const string Other = "(select id from reconciler.mt_streams where version >= 4 order by id desc limit 1)";
    private const string AndItsRows = "update reconciler.mt_streams set version = version - 1 where id = {0}; update reconciler.payouts set version = version - 1 where stream_id = {0}";

    /// <summary>What is done, and what must be said of it; {0} is the stream.</summary>
    private static readonly (string Sql, string Finding)[] Tamperings =
    [
        // Changed.
        ("update reconciler.mt_events set data = jsonb_set(data, '{observedAt}', '\"2020-01-01T00:00:00Z\"') where stream_id = {0} and version = 2", "chain: {0} version 2: it is not what was stored"),
        ("update reconciler.mt_events set data = data || '{\"more\": 1}' where stream_id = {0} and version = 2", "chain: {0} version 2: it is not what was stored"),
        ("update reconciler.mt_events set timestamp = timestamp + interval '1 microsecond' where stream_id = {0} and version = 3", "chain: {0} version 3: it is not what was stored"),
        ("update reconciler.mt_events set id = gen_random_uuid() where stream_id = {0} and version = 3", "chain: {0} version 3: it is not what was stored"),
        ("update reconciler.mt_events set type = 'poll_answered' where stream_id = {0} and version = 1", "chain: {0} version 1: it is not what was stored"),
        ("update reconciler.mt_events set mt_dotnet_type = null where stream_id = {0} and version = 1", "chain: {0} version 1: it is not what was stored"),
        ("update reconciler.mt_events set correlation_id = 'another' where stream_id = {0} and version = 1", "chain: {0} version 1: it is not what was stored"),
        ("update reconciler.mt_events set headers = null where stream_id = {0} and version = 2", "chain: {0} version 2: it carries no link"),
        ("update reconciler.mt_events set headers = jsonb_build_object('link', 'AAAA') where stream_id = {0} and version = 2", "chain: {0} version 2: it is not what was stored"),
        ("update reconciler.mt_events set headers = headers || '{\"user\": \"me\"}' where stream_id = {0} and version = 2", "chain: {0} version 2: columns beside its content"),
        ("update reconciler.mt_events set is_archived = true where stream_id = {0} and version = 2", "chain: {0} version 2: columns beside its content"),
        ("update reconciler.mt_events set data = jsonb_set(data, '{observedAt}', '1') where stream_id = {0} and version = (select max(version) from reconciler.mt_events where stream_id = {0})", "it is not what was stored"),
        // Removed: from the middle, from the middle with the later ones moved up, from the end, from the end with all that counts, all.
        ("delete from reconciler.mt_events where stream_id = {0} and version = 2", "chain: {0}: version 2 was removed"),
        ("delete from reconciler.mt_events where stream_id = {0} and version = 2; update reconciler.mt_events set version = version + 1000 where stream_id = {0} and version > 2; update reconciler.mt_events set version = version - 1001 where stream_id = {0} and version > 1000; " + AndItsRows, "chain: {0} version 2: it is not what was stored"),
        ("delete from reconciler.mt_events where stream_id = {0} and version = (select max(version) from reconciler.mt_events where stream_id = {0})", "was removed"),
        ("delete from reconciler.mt_events where stream_id = {0} and version = (select max(version) from reconciler.mt_events where stream_id = {0}); " + AndItsRows, "chain: {0}: its last event is not the one whose end"),
        ("delete from reconciler.mt_events where stream_id = {0} and version < 3", "chain: {0}: versions 1 to 2 were removed"),
        ("delete from reconciler.mt_events where stream_id = {0}", "chain: {0}: versions 1 to "),
        ("delete from reconciler.payouts where stream_id = {0}", "chain: {0}: its payout's row was removed"),
        ("delete from reconciler.mt_events where stream_id = {0}; delete from reconciler.mt_streams where id = {0}; delete from reconciler.payouts where stream_id = {0}", "feed: position "),
        ("delete from reconciler.mt_events where stream_id = {0}; delete from reconciler.mt_streams where id = {0}; delete from reconciler.payouts where stream_id = {0}; delete from reconciler.changes where stream_id = {0}", "anchor: anchor 1 of "),
        // Put in: at the end, at the end with all that counts, as a copy of another, in a stream that is none.
        ("insert into reconciler.mt_events select seq_id + 100000, gen_random_uuid(), stream_id, version + 1, data, null, type, now(), tenant_id, correlation_id, null, headers, mt_dotnet_type, false from reconciler.mt_events where stream_id = {0} order by version desc limit 1", "it is not what was stored"),
        ("insert into reconciler.mt_events select seq_id + 100000, gen_random_uuid(), stream_id, version + 1, data, null, type, now(), tenant_id, correlation_id, null, null, mt_dotnet_type, false from reconciler.mt_events where stream_id = {0} order by version desc limit 1; update reconciler.mt_streams set version = version + 1 where id = {0}", "it carries no link: it was put in"),
        ("update reconciler.mt_events set version = version + 1000 where stream_id = {0} and version > 2; insert into reconciler.mt_events select seq_id + 100000, gen_random_uuid(), stream_id, 3, data, null, type, timestamp, tenant_id, null, null, headers, mt_dotnet_type, false from reconciler.mt_events where stream_id = {0} and version = 2; update reconciler.mt_events set version = version - 999 where stream_id = {0} and version > 1000", "chain: {0} version 3: it is not what was stored"),
        ("insert into reconciler.mt_events select seq_id + 100000, gen_random_uuid(), 'zopay-test/stray', 1, data, null, type, now(), tenant_id, null, null, headers, mt_dotnet_type, false from reconciler.mt_events where stream_id = {0} and version = 1", "chain: zopay-test/stray version 1: it belongs to no stream"),
        // Swapped: contents within a stream, versions, contents of two streams, places among all.
        ("update reconciler.mt_events as one set data = two.data, type = two.type from reconciler.mt_events as two where one.stream_id = {0} and two.stream_id = {0} and one.version in (2, 3) and two.version = 5 - one.version", "chain: {0} version 2: it is not what was stored"),
        ("update reconciler.mt_events set version = version + 1000 where stream_id = {0} and version in (2, 3); update reconciler.mt_events set version = 1005 - version where stream_id = {0} and version > 1000", "chain: {0} version 3: it is not what was stored"),
        ("update reconciler.mt_events as one set data = two.data, headers = two.headers, id = gen_random_uuid() from reconciler.mt_events as two where one.stream_id = {0} and two.stream_id = " + Other + " and one.version = 2 and two.version = 2", "chain: {0} version 2: it is not what was stored"),
        ("update reconciler.mt_events set seq_id = -seq_id where stream_id = {0} and version = 2", "chain: {0} version 2: its place among all events"),
        // What keeps the ends, and the feed.
        ("update reconciler.payouts set chain_end = null where stream_id = {0}", "chain: {0}: its last event is not the one whose end"),
        ("update reconciler.payouts set chain_end = decode(repeat('00', 32), 'hex') where stream_id = {0}", "chain: {0}: its last event is not the one whose end"),
        ("update reconciler.mt_streams set version = version + 1 where id = {0}", "was removed"),
        ("delete from reconciler.changes where position = 3", "feed: position 4: the change before it is 2"),
        ("delete from reconciler.changes where position = (select max(position) from reconciler.changes)", "feed: position "),
        // The anchors themselves.
        ("update reconciler.chain_anchors set root = decode(repeat('00', 32), 'hex')", "anchor: anchor 1 of "),
        ("update reconciler.chain_anchors set day = day - 1", "it is not as it was made"),
        ("delete from reconciler.chain_anchors", "the anchor that it tells of was removed"),
        ("update reconciler.changes set body = jsonb_set(body, '{anchor,root}', '\"00\"') where kind = 'chain.anchored'", "what the feed told of it"),
        ("update reconciler.audit_head set hash = decode(repeat('ff', 32), 'hex')", "audit: entry "),
    ];

    [Fact]
    public async Task Each_row_is_named_whatever_is_done_to_it()
    {
        await using var story = new Story(await postgres.NewDatabaseAsync(), seed: 11);
        for (var round = 0; round < 4; round++) await story.HappenAsync(40);
        (await new AnchorStreams(story.Database, new StoppedClock(TimeProvider.System.GetUtcNow().AddDays(1))).RunAsync(TestContext.Current.CancellationToken)).ShouldNotBeNull();
        var installation = await InstallationAsync(story);
        (await VerifyAsync(story, installation)).ShouldBeEmpty();
        (await story.VerifyAsync()).ShouldBeEmpty();
        var victim = await Rows.OneAsync<string>(story.ConnectionString, $"select {Victim}");

        foreach (var (sql, finding) in Tamperings)
        {
            await Rows.RunAsync(story.ConnectionString, "create schema kept");
            await CopyAsync(story, into: "kept");
            await Rows.RunAsync(story.ConnectionString, $"set session_replication_role = replica; {Of(sql, $"'{victim}'")}");
            (await VerifyAsync(story, installation)).ShouldContain(found => found.Contains(Of(finding, victim), StringComparison.Ordinal), sql);
            await CopyAsync(story, into: "reconciler");
            await Rows.RunAsync(story.ConnectionString, "drop schema kept cascade");
        }

        (await VerifyAsync(story, installation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task One_false_row_is_one_finding_however_long_its_stream_is()
    {
        await using var story = new Story(await postgres.NewDatabaseAsync(), seed: 12);
        for (var round = 0; round < 4; round++) await story.HappenAsync(40);
        var installation = await InstallationAsync(story);
        var victim = await Rows.OneAsync<string>(story.ConnectionString, $"select {Victim}");

        await Rows.RunAsync(story.ConnectionString, $"update reconciler.mt_events set data = data || '{{\"x\": 1}}' where stream_id = '{victim}' and version = 2");

        (await VerifyAsync(story, installation)).ShouldHaveSingleItem().ShouldStartWith($"chain: {victim} version 2: ");
    }

    [Fact]
    public async Task Events_of_before_there_were_chains_need_no_link_and_those_after_them_do()
    {
        await using var story = new Story(await postgres.NewDatabaseAsync(), seed: 13);
        for (var round = 0; round < 2; round++) await story.HappenAsync(40);
        await Rows.RunAsync(story.ConnectionString, """
            update reconciler.mt_events set headers = null;
            update reconciler.payouts set chain_end = null;
            update reconciler.installation set chained_after = (select max(seq_id) from reconciler.mt_events)
            """);
        var installation = await InstallationAsync(story);
        (await VerifyAsync(story, installation)).ShouldBeEmpty();

        await story.HappenAsync(40);
        (await VerifyAsync(story, installation)).ShouldBeEmpty();
        await Rows.RunAsync(story.ConnectionString, "update reconciler.mt_events set headers = null where seq_id = (select max(seq_id) from reconciler.mt_events)");

        (await VerifyAsync(story, installation)).ShouldNotBeEmpty();
    }

    private static string Of(string text, string stream) => text.Replace("{0}", stream, StringComparison.Ordinal);

    private static async Task<Installation> InstallationAsync(Story story)
    {
        var installation = new Installation(story.Database, new ConnectionsOptions { MasterKey = Convert.ToBase64String(new byte[MasterKey.LengthBytes]) });
        await installation.LoadAsync(TestContext.Current.CancellationToken);
        return installation;
    }

    private static async Task<List<string>> VerifyAsync(Story story, Installation installation)
    {
        var found = new List<string>();
        await new ChainVerification(story.Database, installation).RunAsync(one => found.Add(one.ToString()), _ => { }, TestContext.Current.CancellationToken);
        return found;
    }

    private static async Task CopyAsync(Story story, string into)
    {
        string[] tables = ["mt_streams", "mt_events", "payouts", "changes", "chain_anchors", "audit_head"];
        var sql = into == "kept"
            ? string.Join(';', tables.Select(table => $"create table kept.{table} as table reconciler.{table}"))
            : string.Join(';', tables.Select(table => $"delete from reconciler.{table}; insert into reconciler.{table} table kept.{table}"));
        await Rows.RunAsync(story.ConnectionString, $"set session_replication_role = replica; {sql}");
    }
}
