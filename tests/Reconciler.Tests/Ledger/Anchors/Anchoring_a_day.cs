using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Reconciler.Client;
using Reconciler.Core;
using Reconciler.Hosting;
using Reconciler.Ledger.Anchors;
using Reconciler.Tests.Access;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Finance;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Ledger.Anchors;

public sealed class Anchoring_a_day(PostgresFixture postgres)
{
    private static readonly DateTimeOffset Noon = StoppedClock.Noon;

    [Fact]
    public async Task The_feed_tells_of_it_once_and_every_reader_goes_on()
    {
        var clock = new StoppedClock(Noon);
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        await service.AppendAsync(Evidences.Heard("p-1", ObservedStatus.Processing, Noon));
        await service.AppendAsync(Evidences.Heard("p-2", ObservedStatus.Succeeded, Noon));
        (await AnchorAsync(service)).ShouldBeNull();
        clock.Now = Noon.AddDays(1);

        var made = (await AnchorAsync(service)).ShouldNotBeNull();
        (await AnchorAsync(service)).ShouldBeNull();
        await service.AppendAsync(Evidences.Heard("p-1", ObservedStatus.Failed, clock.Now));

        (made.Number, made.Day, made.Streams, made.AfterSeq).ShouldBe((1, new DateOnly(2026, 11, 21), 2, 0));
        var page = (await service.Http.GetFromJsonAsync<JsonNode>("/v1/changes?after=0"))!["changes"]!.AsArray();
        page.Select(change => (string)change!["kind"]!).ShouldBe(
            ["payout.status_changed", "payout.discrepancy_opened", "payout.status_changed", "payout.discrepancy_opened", "chain.anchored", "payout.status_changed"]);
        ((string)page[4]!["anchor"]!["root"]!).ShouldBe(Convert.ToHexStringLower(made.Root));
        var read = new List<Change>();
        await foreach (var given in new ChangeFeed(service.Http).ReadAsync(FeedPosition.Start, TestContext.Current.CancellationToken))
        {
            read.Add(given);
            if (read.Count == 6) break;
        }

        (read[4].Kind, read[4].Payout, read[4].StatusVersion).ShouldBe((ChangeKind.ChainAnchored, "", 0));
        var shown = (await service.Http.GetFromJsonAsync<JsonNode>("/v1/payouts"))!["items"]!.AsArray();
        shown.Select(one => (string)one!["status"]!).ShouldBe(["succeeded", "failed"], ignoreOrder: true);
    }

    [Fact]
    public async Task What_the_feed_tells_is_pinned_and_a_key_of_one_connection_is_not_told()
    {
        var clock = new StoppedClock(Noon);
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        await service.AppendAsync(Evidences.Heard("p-1", ObservedStatus.Succeeded, Noon));
        clock.Now = Noon.AddDays(1);
        var made = (await AnchorAsync(service)).ShouldNotBeNull();

        var change = (await service.Http.GetFromJsonAsync<JsonNode>("/v1/changes?after=0&kind=chain.anchored"))!["changes"]!.AsArray().Single()!;
        // Ids and links are of the moment.
        change["anchor"]!["root"] = change["anchor"]!["root"]!.GetValue<string>() == Convert.ToHexStringLower(made.Root) ? "root" : "another root";
        change["anchor"]!["hash"] = change["anchor"]!["hash"]!.GetValue<string>() == Convert.ToHexStringLower(made.Hash()) ? "hash" : "another hash";
        Golden.ShouldMatch(change, "change-anchored");

        var (_, key) = await Keys.MakeAsync(service, Scope.All, ["zopay-test"]);
        (await key.GetStringAsync("/v1/changes?after=0")).ShouldNotContain("chain.anchored");
    }

    [Fact]
    public async Task Each_covers_what_came_since_the_one_before_it_and_a_day_without_anything_has_none()
    {
        var clock = new StoppedClock(Noon);
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        for (var day = 0; day < 4; day++)
        {
            clock.Now = Noon.AddDays(day);
            await AnchorAsync(service);
            if (day != 1) await service.AppendAsync(Evidences.Heard($"p-{day}", ObservedStatus.Succeeded, clock.Now));
        }

        clock.Now = Noon.AddDays(4);
        var last = (await AnchorAsync(service)).ShouldNotBeNull();

        var anchors = await AnchorsAsync(service);
        anchors.Select(one => (one.Number, one.Day.Day, one.Streams)).ShouldBe([(1, 21, 1), (2, 23, 1), (3, 24, 1)]);
        anchors.Zip(anchors.Skip(1)).ShouldAllBe(pair => pair.Second.Former.SequenceEqual(pair.First.Hash()) && pair.Second.AfterSeq == pair.First.UptoSeq);
        last.Former.ShouldBe(anchors[1].Hash());
    }

    [Fact]
    public async Task Nodes_that_do_it_at_once_make_one()
    {
        var clock = new StoppedClock(Noon);
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        await service.AppendAsync(Evidences.Heard("p-1", ObservedStatus.Succeeded, Noon));
        clock.Now = Noon.AddDays(1);

        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AnchorAsync(service)));

        made.Count(one => one is not null).ShouldBe(1);
        (await Rows.CountAsync(service.ConnectionString, "chain_anchors")).ShouldBe(1);
        (await Rows.CountAsync(service.ConnectionString, "changes where kind = 'chain.anchored'")).ShouldBe(1);
    }

    [Fact]
    public async Task It_waits_for_a_transaction_of_before_that_is_not_over()
    {
        var clock = new StoppedClock(Noon);
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        await service.AppendAsync(Evidences.Heard("p-1", ObservedStatus.Succeeded, Noon));
        await using var late = await Rows.OpenAsync(service.ConnectionString);
        await using var writing = await late.BeginTransactionAsync();
        await using (var write = new NpgsqlCommand(Late, late)) await write.ExecuteNonQueryAsync();
        await service.AppendAsync(Evidences.Heard("p-2", ObservedStatus.Succeeded, Noon));
        clock.Now = Noon.AddDays(1);

        var anchoring = AnchorAsync(service);
        await Eventually.TrueAsync(async () => await Rows.OneAsync<long>(service.ConnectionString, Asking) > 0, "It asks who is still writing.");
        anchoring.IsCompleted.ShouldBeFalse();
        await writing.CommitAsync();

        (await anchoring).ShouldNotBeNull().Streams.ShouldBe(3);
    }

    // As another node would, in the middle of its commit.
    private const string Late = """
        insert into reconciler.mt_streams (id, type, version) values ('zopay-test/late', 'payout', 1);
        insert into reconciler.mt_events (seq_id, id, stream_id, version, data, type, timestamp)
        values (nextval('reconciler.mt_events_sequence'), gen_random_uuid(), 'zopay-test/late', 1, '{}', 'payout_expected', now())
        """;

    private const string Asking = """
        select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and query like '%pg_snapshot_xmin%'
        """;

    private static Task<ChainAnchor?> AnchorAsync(ServiceHost service) =>
        service.Services.GetRequiredService<AnchorStreams>().RunAsync(TestContext.Current.CancellationToken);

    private static async Task<List<ChainAnchor>> AnchorsAsync(ServiceHost service)
    {
        await using var connection = await Rows.OpenAsync(service.ConnectionString);
        await using var command = new NpgsqlCommand($"select {AnchorRows.Columns} from reconciler.chain_anchors order by number", connection);
        await using var row = await command.ExecuteReaderAsync();
        var anchors = new List<ChainAnchor>();
        while (await row.ReadAsync()) anchors.Add(AnchorRows.Of(row));
        return anchors;
    }
}
