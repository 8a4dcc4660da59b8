using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Reconciler.Core;
using Reconciler.Ledger;
using Reconciler.Tests.Database;
using Reconciler.Tests.Finance;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Ledger;

public sealed class Streaming_the_feed(PostgresFixture postgres)
{
    private static readonly DateTimeOffset Noon = StoppedClock.Noon;

    [Fact]
    public async Task Gives_the_bytes_of_the_pulled_feed_under_their_positions()
    {
        await using var service = await ServiceHost.StartAsync(postgres, new StoppedClock(Noon));
        await service.AppendAsync(Evidences.Heard("p-1", ObservedStatus.Processing, Noon));
        await service.AppendAsync(Evidences.Heard("p-1", ObservedStatus.Succeeded, Noon));
        await using var stream = await OpenStream.FromAsync(service.Http);

        var epoch = (await stream.NextAsync()).ShouldNotBeNull();
        var changes = await stream.ChangesAsync(3);

        var page = await service.Http.GetStringAsync("/v1/changes?after=0");
        page.ShouldBe($"{{\"epoch\":\"{JsonNode.Parse(epoch.Data!)!["epoch"]}\",\"changes\":[{string.Join(",", changes.Select(change => change.Data))}],\"next\":\"3\",\"head\":\"3\"}}");
        var shown = new HttpResponseMessage { Content = new StringContent($"{epoch.Text}\n{string.Join("\n", changes.Select(change => change.Text))}") };
        shown.Content.Headers.ContentType = stream.Response.Content.Headers.ContentType;
        await Golden.ShouldMatchAsync(shown, "changes-stream");
        stream.Response.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task Goes_on_after_the_last_event_that_was_received_whatever_the_query_says()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await FeedRows.AddAsync(service.Database, 3_000);

        await using var resumed = await OpenStream.FromAsync(service.Http, "after=7", lastEventId: 41);
        await using var started = await OpenStream.FromAsync(service.Http, "after=7");

        (await resumed.ChangesAsync(2_959)).Select(change => change.Id!.Value).ShouldBe(Positions(42, 3_000));
        (await started.ChangesAsync(2_993)).Select(change => change.Id!.Value).ShouldBe(Positions(8, 3_000));
    }

    [Fact]
    public async Task Tells_each_reader_of_each_change_as_it_is_committed()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        var readers = await Task.WhenAll(Enumerable.Range(0, 20).Select(number =>
            OpenStream.FromAsync(service.Http, number % 2 == 0 ? "" : "kind=payout.status_changed")));

        for (var round = 0; round < 10; round++)
            await Task.WhenAll(Enumerable.Range(0, 10).Select(at => service.AppendAsync(Evidences.Heard($"p-{round}-{at}", ObservedStatus.Succeeded, Noon))));

        // Each payout's first word is final, and each was registered by nobody.
        foreach (var (reader, number) in readers.Select((reader, number) => (reader, number)))
        {
            var changes = await reader.ChangesAsync(number % 2 == 0 ? 200 : 100);
            if (number % 2 == 0) changes.Select(change => change.Id!.Value).ShouldBe(Positions(1, 200));
            else changes.ShouldAllBe(change => change.Type == ChangeKind.StatusChanged);
            await reader.DisposeAsync();
        }
    }

    [Fact]
    public async Task Says_that_it_is_there_and_moves_the_cursor_of_a_reader_whose_filter_passes_everything_over()
    {
        await using var service = await ServiceHost.StartAsync(postgres, settings: new Dictionary<string, string?> { ["Reconciler:Feed:HeartbeatSeconds"] = "1" });
        await using var all = await OpenStream.FromAsync(service.Http);
        await using var none = await OpenStream.FromAsync(service.Http, "connection=nobody");
        await all.NextAsync();
        await none.NextAsync();
        (await all.NextAsync())!.Text.ShouldBe(":\n");

        await service.AppendAsync(Evidences.Heard("p-1", ObservedStatus.Succeeded, Noon));
        var moved = (await none.NextAsync())!;
        while (moved.Id is null or < 2) moved = (await none.NextAsync())!;

        moved.Text.ShouldBe("id: 2\n");
    }

    [Fact]
    public async Task Tells_a_reader_whose_filter_passes_much_over_how_far_it_came_on_the_way()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await FeedRows.AddAsync(service.Database, 35_000);
        await using var stream = await OpenStream.FromAsync(service.Http, "connection=nobody");
        await stream.NextAsync();

        (await stream.NextAsync())!.Text.ShouldBe("id: 10000\n");
        (await stream.NextAsync())!.Text.ShouldBe("id: 20000\n");
    }

    [Fact]
    public async Task Refuses_what_the_pulled_feed_refuses()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await service.AppendAsync(Evidences.Heard("p-1", ObservedStatus.Succeeded, Noon));

        (await OpenStream.AskAsync(service.Http, "", "3")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await OpenStream.AskAsync(service.Http, "after=3")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await OpenStream.AskAsync(service.Http, $"epoch={Guid.CreateVersion7()}")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        await Golden.ShouldMatchAsync(await OpenStream.AskAsync(service.Http, "limit=1&kind=x", "-1"), "changes-stream-refused");
    }

    [Fact]
    public async Task Opens_so_many_and_no_more()
    {
        await using var service = await ServiceHost.StartAsync(postgres, settings: new Dictionary<string, string?> { ["Reconciler:Feed:StreamsMax"] = "2" });
        await using var first = await OpenStream.FromAsync(service.Http);
        var second = await OpenStream.FromAsync(service.Http);

        var refused = await OpenStream.AskAsync(service.Http, "");
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(5));
        await Golden.ShouldMatchAsync(refused, "changes-stream-too-many");

        await second.DisposeAsync();
        await Waits.UntilAsync(async () =>
        {
            using var again = await OpenStream.AskAsync(service.Http, "");
            return again.StatusCode == HttpStatusCode.OK;
        });
    }

    [Fact]
    public async Task Ends_after_a_while_and_when_the_service_stops_and_both_times_after_a_whole_event()
    {
        await using (var brief = await ServiceHost.StartAsync(postgres, settings: new Dictionary<string, string?> { ["Reconciler:Feed:StreamSecondsMax"] = "1" }))
        {
            await using var ended = await OpenStream.FromAsync(brief.Http);
            await ended.NextAsync();
            (await ended.NextAsync()).ShouldBeNull();
        }

        var service = await ServiceHost.StartAsync(postgres);
        await FeedRows.AddAsync(service.Database, 10);
        await using (var stream = await OpenStream.FromAsync(service.Http))
        {
            await stream.ChangesAsync(10);
            var stopping = service.StopAsync();
            (await stream.NextAsync()).ShouldBeNull();
            await stopping.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);
        }

        await service.DisposeAsync();
    }

    [Fact]
    public async Task Drops_a_reader_that_takes_nothing()
    {
        await using var service = await ServiceHost.StartAsync(postgres, settings: new Dictionary<string, string?> { ["Reconciler:Feed:WriteTimeoutSeconds"] = "1" });
        await FeedRows.AddAsync(service.Database, 30_000);
        var streams = service.Services.GetRequiredService<FeedStreams>();
        using var socket = await SilentReader.OpenAsync(service.Address, "/v1/changes/stream");
        await Waits.UntilAsync(() => Task.FromResult(streams.Open == 1));

        await Waits.UntilAsync(() => Task.FromResult(streams.Open == 0));

        var taken = await socket.DrainAsync();
        Encoding.ASCII.GetString(taken.AsSpan(0, 12)).ShouldBe("HTTP/1.1 200");
        taken.AsSpan().IndexOf("id: 30000\n"u8).ShouldBe(-1);
    }

    private static IEnumerable<long> Positions(int from, int to) => Enumerable.Range(from, to - from + 1).Select(position => (long)position);
}
