using System.Net;
using System.Net.Http.Json;
using System.Text;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Ledger.Broker;

public sealed class Asking_how_publishing_goes(PostgresFixture postgres)
{
    // Not long ago, whenever this runs.
    private const string Fresh = "2126-11-21T12:00:00Z";

    [Fact]
    public async Task Tells_where_it_stands_whichever_node_is_asked()
    {
        await using var service = await ServiceHost.StartAsync(postgres, new StoppedClock(StoppedClock.Noon));
        await service.AppendAsync("p", 3);
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/feed/broker"), "broker-off");

        await ToldAsync(service, Fresh);
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/feed/broker"), "broker-blocked");

        await ToldAsync(service, "2025-11-21T12:00:00Z");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/feed/broker"), "broker-silent");
    }

    [Fact]
    public async Task Publishes_again_only_what_was_published()
    {
        await using var service = await ServiceHost.StartAsync(postgres, new StoppedClock(StoppedClock.Noon));
        await service.AppendAsync("p", 3);
        await ToldAsync(service, Fresh);

        await Golden.ShouldMatchAsync(await ReplayAsync(service, """{"from": 1}"""), "broker-replay");
        await ToldAsync(service, Fresh);
        await Golden.ShouldMatchAsync(await ReplayAsync(service, """{"from": 6}"""), "broker-replay-passes-over");
        await Golden.ShouldMatchAsync(await ReplayAsync(service, """{"from": 8}"""), "broker-replay-beyond");
        foreach (var order in (string[])["""{"from": 0}""", """{"from": -1}""", """{"from": 9223372036854775807}"""])
            (await ReplayAsync(service, order)).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity, order);
        foreach (var order in (string[])["""{"from": "1"}""", """{"from": 1.5}""", """{"from": null}""", "{}", "[]", "", """{"from": 1, "from": 2}""", """{"from": 99999999999999999999}"""])
            (await ReplayAsync(service, order)).StatusCode.ShouldBe(HttpStatusCode.BadRequest, order);

        var status = await service.Http.GetFromJsonAsync<System.Text.Json.Nodes.JsonNode>("/v1/feed/broker");
        ((long)status!["checkpoint"]!).ShouldBe(4, "What was refused changed nothing.");
    }

    [Fact]
    public async Task Of_a_broker_that_stays_away_is_told_as_degraded_by_a_ready_node()
    {
        await using var service = await ServiceHost.StartAsync(postgres, settings: Publishing.To("amqp://user:secret@127.0.0.1:9/", "changes"));
        await Publishing.StateAsync(service.Http, "connecting");

        await Waits.UntilAsync(async () => (await service.Http.GetStringAsync("/health/ready")).Contains("degraded"));

        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/health/ready"), "health-degraded");
    }

    private static async Task ToldAsync(ServiceHost service, string beatAt)
    {
        await using var told = service.Database.CreateCommand($"""
            update reconciler.broker_feed set node = 'machine/1', token = 7, epoch = (select epoch from reconciler.installation), checkpoint = 4,
                state = 'blocked', beat_at = '{beatAt}', published_at = '2026-11-21T12:00:00Z', last_error = 'The broker takes no messages now: low on memory.',
                last_error_at = '2026-11-21T12:00:01Z'
            """);
        await told.ExecuteNonQueryAsync();
    }

    private static Task<HttpResponseMessage> ReplayAsync(ServiceHost service, string order) =>
        service.Http.PostAsync("/v1/feed/broker/replay", new StringContent(order, Encoding.UTF8, "application/json"));
}
