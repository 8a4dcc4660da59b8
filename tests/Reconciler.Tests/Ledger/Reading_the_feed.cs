using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Reconciler.Core;
using Reconciler.Ledger;
using Reconciler.Tests.Database;
using Reconciler.Tests.Finance;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Ledger;

public sealed class Reading_the_feed(PostgresFixture postgres)
{
    private static readonly DateTimeOffset Noon = StoppedClock.Noon;

    [Fact]
    public async Task Gives_every_change_once_in_dense_positions_and_the_same_bytes_each_time()
    {
        await using var service = await ServiceHost.StartAsync(postgres, new StoppedClock(Noon));
        await Task.WhenAll(Enumerable.Range(0, 40).Select(at => service.AppendAsync(Evidences.Heard($"p-{at}", ObservedStatus.Succeeded, Noon))));

        var positions = new List<long>();
        for (string? after = "0"; after is not null;)
        {
            var page = await ReadAsync(service, $"after={after}&limit=7");
            var changes = page["changes"]!.AsArray();
            positions.AddRange(changes.Select(change => (long)change!["position"]!));
            after = changes.Count == 0 ? null : (string)page["next"]!;
        }

        // Each payout's first word is final, and each was registered by nobody.
        positions.ShouldBe(Enumerable.Range(1, 80).Select(position => (long)position));
        (await service.Http.GetStringAsync("/v1/changes?after=3&limit=5")).ShouldBe(await service.Http.GetStringAsync("/v1/changes?after=3&limit=5"));
    }

    [Fact]
    public async Task Gives_what_is_described_and_nothing_else()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await service.AppendAsync(Evidences.Heard("p-1", ObservedStatus.Succeeded, Noon));

        var page = await ReadAsync(service, "after=0");

        var schemas = (await service.Http.GetFromJsonAsync<JsonNode>("/openapi/v1.json"))!["components"]!["schemas"]!;
        page.AsObject().Select(member => member.Key).ShouldBe(schemas["ChangesPage"]!["properties"]!.AsObject().Select(member => member.Key));
        page["changes"]![0]!.AsObject().Select(member => member.Key)
            .ShouldBe(schemas["ChangeAnswer"]!["properties"]!.AsObject().Select(member => member.Key), ignoreOrder: true);
        ((string)page["head"]!).ShouldBe("2");
    }

    [Fact]
    public async Task Refuses_a_position_or_an_epoch_of_another_history()
    {
        await using var service = await ServiceHost.StartAsync(postgres, new StoppedClock(Noon));
        await service.AppendAsync(Evidences.Heard("p-1", ObservedStatus.Succeeded, Noon));
        var epoch = (string)(await ReadAsync(service, "after=1"))["epoch"]!;

        (await service.Http.GetAsync($"/v1/changes?after=2&epoch={epoch}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/changes?after=3"), "changes-ahead");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/changes?after=0&epoch=00000000-0000-4000-8000-000000000000"), "changes-other-epoch");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/changes?after=-1&limit=1001&wait=31&epoch=x&from=1"), "changes-refused");
    }

    [Fact]
    public async Task Waits_for_the_next_change_and_is_woken_by_it()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        var waiting = Enumerable.Range(0, 50).Select(_ => ReadAsync(service, "after=0&wait=30")).ToList();
        await WaitingAsync(service, waiting.Count);

        await service.AppendAsync(Evidences.Heard("p-1", ObservedStatus.Succeeded, Noon));

        var pages = await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(20));
        foreach (var page in pages) page["changes"]!.AsArray().Count.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Answers_with_nothing_when_the_time_is_over()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        var started = Stopwatch.GetTimestamp();

        var page = await ReadAsync(service, "after=0&wait=1");

        Stopwatch.GetElapsedTime(started).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(900));
        page["changes"]!.AsArray().ShouldBeEmpty();
        ((string)page["next"]!).ShouldBe("0");
    }

    [Fact]
    public async Task Does_not_hold_up_a_service_that_stops()
    {
        var service = await ServiceHost.StartAsync(postgres);
        var waiting = service.Http.GetAsync("/v1/changes?wait=30");
        await WaitingAsync(service, 1);

        var started = Stopwatch.GetTimestamp();
        await service.DisposeAsync();

        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(20));
        await Should.NotThrowAsync(async () =>
        {
            try
            {
                (await waiting).Dispose();
            }
            catch (Exception ended) when (ended is HttpRequestException or OperationCanceledException)
            {
                // The client was closed, too.
            }
        });
    }

    private static Task WaitingAsync(ServiceHost service, int readers)
    {
        var waiter = service.Services.GetRequiredService<FeedWaiter>();
        return Waits.UntilAsync(() => Task.FromResult(waiter.Waiting == readers));
    }

    private static async Task<JsonNode> ReadAsync(ServiceHost service, string query)
    {
        var response = await service.Http.GetAsync($"/v1/changes?{query}");
        response.StatusCode.ShouldBe(HttpStatusCode.OK, query);
        return (await response.Content.ReadFromJsonAsync<JsonNode>())!;
    }
}
