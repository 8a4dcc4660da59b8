using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Reconciler.Access;
using Reconciler.Core;
using Reconciler.Ledger;
using Reconciler.Tests.Database;
using Reconciler.Tests.Finance;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Ledger;

public sealed class Filtering_the_feed(PostgresFixture postgres)
{
    [Fact]
    public async Task Gives_what_was_asked_for_with_its_own_positions_and_next_moves_over_the_rest()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await FeedRows.AddAsync(service.Database, 25_000);

        var seen = new List<long>();
        var requests = 0;
        for (var after = 0L; ; requests++)
        {
            var page = await ReadAsync(service, $"after={after}&limit=2&connection={FeedRows.Seldom}");
            var next = long.Parse((string)page["next"]!);
            seen.AddRange(page["changes"]!.AsArray().Select(change => (long)change!["position"]!));
            if (next == after) break;
            next.ShouldBeGreaterThan(after);
            after = next;
        }

        seen.ShouldBe(Enumerable.Range(1, 25).Select(number => number * 1000L));
        requests.ShouldBeLessThan(20);
        await PositionsShouldBeAsync(service, $"after=1999&limit=3&connection={FeedRows.Often}", [2001, 2002, 2003], next: 2003);
        await PositionsShouldBeAsync(service, "after=999&limit=2&kind=payout.status_changed&kind=payout.discrepancy_opened", [1000, 1001], next: 1001);
        await PositionsShouldBeAsync(service, $"after=0&limit=3&connection={FeedRows.Often}&kind=payout.discrepancy_opened", [], next: 25_000);
        await PositionsShouldBeAsync(service, "after=7&connection=never-heard-of", [], next: 25_000);
    }

    [Fact]
    public async Task Looks_at_a_bounded_stretch_for_one_request()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await FeedRows.AddAsync(service.Database, ReadChanges.ScanMax + 20_000);

        await PositionsShouldBeAsync(service, "after=5&kind=payout.discrepancy_closed&wait=30", [], next: 5 + ReadChanges.ScanMax);
    }

    [Fact]
    public async Task Moves_on_while_it_waits_and_is_woken_by_what_it_asked_for()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        var waiting = ReadAsync(service, "after=0&wait=30&kind=payout.discrepancy_closed");
        await Waits.UntilAsync(() => Task.FromResult(service.Services.GetRequiredService<FeedWaiter>().Waiting == 1));

        await service.AppendAsync(Evidences.Heard("p-1", ObservedStatus.Succeeded, StoppedClock.Noon));
        (await ReadAsync(service, "after=0&wait=1&kind=payout.discrepancy_closed"))["next"]!.ToString().ShouldBe("2");
        await CloseOneAsync(service);

        var page = await waiting.WaitAsync(TimeSpan.FromSeconds(20));
        page["changes"]!.AsArray().Select(change => (long)change!["position"]!).ShouldBe([3]);
        page["next"]!.ToString().ShouldBe("3");
    }

    [Fact]
    public async Task Refuses_what_is_no_connection_and_no_kind()
    {
        await using var service = await ServiceHost.StartAsync(postgres);

        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/changes?connection=No!&kind=payout.paid"), "changes-filter-refused");
    }

    [Fact]
    public void Within_what_a_caller_may_see_leaves_both_conditions_true()
    {
        FeedEntry[] all = [Entry("a/1", ChangeKind.StatusChanged), Entry("b/1", ChangeKind.StatusChanged), Entry("b/2", ChangeKind.DiscrepancyOpened), Entry("c/1", ChangeKind.StatusChanged)];
        var allowed = AllowedConnections.Of([ConnectionKey.Parse("b"), ConnectionKey.Parse("c")]);

        Given(FeedFilter.All).ShouldBe(["a/1", "b/1", "b/2", "c/1"]);
        Given(FeedFilter.All.Within(AllowedConnections.All)).ShouldBe(["a/1", "b/1", "b/2", "c/1"]);
        Given(FeedFilter.All.Within(allowed)).ShouldBe(["b/1", "b/2", "c/1"]);
        Given(FeedFilter.All.Within(AllowedConnections.Of([]))).ShouldBeEmpty();
        Given(FeedFilter.Of([ConnectionKey.Parse("a")], null).Within(allowed)).ShouldBeEmpty();
        Given(FeedFilter.Of([ConnectionKey.Parse("a"), ConnectionKey.Parse("b")], [ChangeKind.StatusChanged]).Within(allowed)).ShouldBe(["b/1"]);

        string[] Given(FeedFilter filter) => [.. all.Where(filter.Matches).Select(entry => entry.StreamId)];
        static FeedEntry Entry(string stream, string kind) => new(1, stream, kind, []);
    }

    private static async Task CloseOneAsync(ServiceHost service)
    {
        var at = StoppedClock.Noon;
        var registered = await service.Http.PostAsJsonAsync("/v1/payouts", new
        {
            connection = FeedRows.Often, providerPayoutId = "p-1", reference = "r-1", amount = "5000", currency = "XOF", initiatedAt = at,
        });
        registered.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    private static async Task PositionsShouldBeAsync(ServiceHost service, string query, long[] positions, long next)
    {
        var page = await ReadAsync(service, query);
        page["changes"]!.AsArray().Select(change => (long)change!["position"]!).ShouldBe(positions, query);
        page["next"]!.ToString().ShouldBe($"{next}", query);
    }

    private static async Task<JsonNode> ReadAsync(ServiceHost service, string query)
    {
        var response = await service.Http.GetAsync($"/v1/changes?{query}");
        response.StatusCode.ShouldBe(HttpStatusCode.OK, query);
        return (await response.Content.ReadFromJsonAsync<JsonNode>())!;
    }
}
