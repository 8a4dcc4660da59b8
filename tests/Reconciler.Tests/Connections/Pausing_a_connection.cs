using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;
using Reconciler.Tests.Ingest;
using Reconciler.Tests.Polling;

namespace Reconciler.Tests.Connections;

public sealed class Pausing_a_connection(PostgresFixture postgres)
{
    private static readonly TimeSpan OnAllNodes = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Turns_deliveries_away_so_that_they_come_again()
    {
        await using var first = await ServiceHost.StartAsync(postgres);
        await using var second = await first.AnotherAsync();
        await first.Http.PostAsJsonAsync("/v1/connections/zopay-test/pause", new { why = "the provider moves its platform" });
        var started = TimeProvider.System.GetTimestamp();

        using var refused = await first.Anonymous.SendAsync(ZoPaySender.Signed(ZoPaySender.Body("paused"), "zopay-test"));
        refused.Headers.RetryAfter.ShouldNotBeNull().Delta.ShouldBe(TimeSpan.FromMinutes(5));
        await Golden.ShouldMatchAsync(refused, "connection-paused");
        await Waits.UntilAsync(async () => await DeliverAsync(second, "paused-there") == HttpStatusCode.ServiceUnavailable);
        TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(OnAllNodes);
        (await Rows.CountAsync(first.ConnectionString, "payouts where provider_payout_id = 'paused'")).ShouldBe(0);

        var shown = (await first.Http.GetFromJsonAsync<JsonNode>("/v1/connections/zopay-test"))!;
        ((bool)shown["paused"]!).ShouldBeTrue();
        ((bool)(await first.Http.GetFromJsonAsync<JsonNode>("/v1/connections/zopay-test/endpoint"))!["paused"]!).ShouldBeTrue();
        // A node that starts applies its file, which says nothing of it.
        await using (var third = await first.AnotherAsync()) (await DeliverAsync(third, "paused-too")).ShouldBe(HttpStatusCode.ServiceUnavailable);

        (await first.Http.PostAsync("/v1/connections/zopay-test/resume", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await DeliverAsync(first, "paused")).ShouldBe(HttpStatusCode.OK);
        var audit = await first.Http.GetStringAsync("/v1/audit?subject=connection:zopay-test");
        foreach (var text in (string[])["connection.paused", "connection.resumed", "the provider moves its platform"]) audit.ShouldContain(text);
    }

    [Fact]
    public async Task Asks_nothing_of_the_provider()
    {
        await using var bench = await PollingBench.StartAsync(postgres, new JsonObject { ["silence"] = new JsonArray("1s") });
        (await bench.Node.Http.PostAsync($"/v1/connections/{bench.Connection}/pause", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var payout = (await bench.PayAsync(1, new JsonObject { ["outcome"] = "succeeded" }))[0];

        // Within these seconds it would have been asked twice.
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System);
        (await bench.AnsweredAtAsync()).ShouldBeEmpty();
        (await bench.Node.Http.PostAsync($"/v1/payouts/{payout}/poll", null)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);

        await bench.Node.Http.PostAsync($"/v1/connections/{bench.Connection}/resume", null);
        await PollingBench.UntilAsync(async () => (await bench.AnsweredAtAsync()).Count > 0, "It was not asked after it was resumed.");
    }

    [Fact]
    public async Task Is_what_remains_where_deleting_is_refused()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        // Signed, and understood by nobody: it can be read again after a fix, so it is history too.
        using (var kept = await service.Anonymous.SendAsync(ZoPaySender.Signed("{\"event\":\"payout.completed\",\"data\":7}"u8.ToArray(), "zopay-test")))
            kept.StatusCode.ShouldBe(HttpStatusCode.OK);

        (await service.Http.DeleteAsync("/v1/connections/zopay-test")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await service.Http.DeleteAsync("/v1/connections/pawapay-test")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await service.Http.PostAsync("/v1/connections/pawapay-test/pause", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await service.Http.PostAsJsonAsync("/v1/connections/zopay-test/pause", new { why = 7 })).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    private static async Task<HttpStatusCode> DeliverAsync(ServiceHost service, string payout)
    {
        using var answer = await service.Anonymous.SendAsync(ZoPaySender.Signed(ZoPaySender.Body(payout), "zopay-test"));
        return answer.StatusCode;
    }
}
