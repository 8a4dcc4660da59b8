using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;
using Reconciler.Tests.Ingest;

namespace Reconciler.Tests.Connections;

public sealed class Changing_a_secret(PostgresFixture postgres)
{
    private const string Secrets = "/v1/connections/zopay-test/secrets";
    private const string Next = "whsec_december_4711";

    [Fact]
    public async Task Takes_three_steps_and_no_delivery()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        (await DeliverAsync(service, "a", "whsec_test")).ShouldBe(HttpStatusCode.OK);
        (await DeliverAsync(service, "b", Next)).ShouldBe(HttpStatusCode.Unauthorized);
        (await RetireAsync(service, "2026-11")).ShouldContain("the only one that is accepted");

        var added = await service.Http.PostAsJsonAsync(Secrets, new { id = "2026-12", secret = Next });
        added.StatusCode.ShouldBe(HttpStatusCode.Created);
        var both = (await added.Content.ReadFromJsonAsync<JsonNode>())!;
        ((string)both["step"]!).ShouldBe("both");
        (await DeliverAsync(service, "c", "whsec_test")).ShouldBe(HttpStatusCode.OK);
        (await DeliverAsync(service, "d", Next)).ShouldBe(HttpStatusCode.OK);
        var used = (await service.Http.GetFromJsonAsync<JsonNode>(Secrets))!["items"]!.AsArray();
        used.Select(one => ((string)one!["id"]!, (long)one["deliveries"]!)).ShouldBe([("2026-11", 2), ("2026-12", 1)]);
        used[0]!["lastUsedAt"].ShouldNotBeNull();

        (await RetireAsync(service, "2026-11")).ShouldContain("It verified a delivery at");
        await Rows.RunAsync(service.ConnectionString, "update reconciler.webhook_verifiers set last_used_at = now() - interval '25 hours' where verifier = '2026-11'");
        ((string)(await service.Http.GetFromJsonAsync<JsonNode>(Secrets))!["step"]!).ShouldBe("retire");
        (await service.Http.DeleteAsync($"{Secrets}/2026-11")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await DeliverAsync(service, "e", "whsec_test")).ShouldBe(HttpStatusCode.Unauthorized);
        (await DeliverAsync(service, "f", Next)).ShouldBe(HttpStatusCode.OK);

        (await service.Http.DeleteAsync($"{Secrets}/2026-12?force=true")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await service.Http.DeleteAsync($"{Secrets}/2026-12")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var audit = await service.Http.GetStringAsync("/v1/audit?limit=500");
        foreach (var act in (string[])["connection.secret_added", "connection.secret_retired", "2026-12, forced"]) audit.ShouldContain(act);
        foreach (var text in (string[])[audit, both.ToJsonString(), await service.Http.GetStringAsync("/v1/connections/zopay-test")]) text.ShouldNotContain(Next);
    }

    [Fact]
    public async Task Keeps_to_the_times_that_are_given()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        var now = TimeProvider.System.GetUtcNow();
        await service.Http.PostAsJsonAsync(Secrets, new { id = "later", secret = Next, notBefore = now.AddHours(1) });
        await service.Http.PostAsJsonAsync(Secrets, new { id = "over", secret = "whsec_over", notAfter = now.AddHours(-1) });
        await service.Http.PostAsJsonAsync(Secrets, new { id = "now", secret = "whsec_now", notBefore = now.AddHours(-1), notAfter = now.AddHours(1) });

        (await DeliverAsync(service, "a", Next)).ShouldBe(HttpStatusCode.Unauthorized);
        (await DeliverAsync(service, "b", "whsec_over")).ShouldBe(HttpStatusCode.Unauthorized);
        (await DeliverAsync(service, "c", "whsec_now")).ShouldBe(HttpStatusCode.OK);

        var shown = (await service.Http.GetFromJsonAsync<JsonNode>(Secrets))!;
        shown["items"]!.AsArray().Select(one => (string)one!["state"]!).ShouldBe(["live", "waiting", "ended", "live"]);
        var endpoint = (await service.Http.GetFromJsonAsync<JsonNode>("/v1/connections/zopay-test/endpoint"))!;
        endpoint["signature"]!["ids"]!.AsArray().Select(id => (string)id!).ShouldBe(["2026-11", "now"]);
        endpoint["verdicts"]!.AsArray().Single(one => (string)one!["verdict"]! == "inactive_secret")!["deliveries"]!.GetValue<long>().ShouldBe(2);

        // The whole document carries the times, and gives them back.
        var document = await service.Http.GetFromJsonAsync<JsonNode>("/v1/connections/zopay-test");
        (await service.Http.PutAsJsonAsync("/v1/connections/zopay-test", document)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await DeliverAsync(service, "d", "whsec_now")).ShouldBe(HttpStatusCode.OK);
        (await DeliverAsync(service, "e", Next)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Reaches_every_node_within_five_seconds()
    {
        await using var first = await ServiceHost.StartAsync(postgres);
        await using var second = await first.AnotherAsync();
        await first.Http.PostAsJsonAsync(Secrets, new { id = "2026-12", secret = Next });
        var started = TimeProvider.System.GetTimestamp();

        await Waits.UntilAsync(async () => await DeliverAsync(second, "a", Next) == HttpStatusCode.OK);

        TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(5));
        await second.Http.DeleteAsync($"{Secrets}/2026-12?force=true");
        started = TimeProvider.System.GetTimestamp();
        await Waits.UntilAsync(async () => await DeliverAsync(first, "b", Next) == HttpStatusCode.Unauthorized);
        TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Is_answered_the_same_way_every_time()
    {
        await using var service = await ServiceHost.StartAsync(postgres, new StoppedClock(StoppedClock.Noon));

        await Golden.ShouldMatchAsync(await service.Http.GetAsync(Secrets), "secrets");
        await Golden.ShouldMatchAsync(await service.Http.DeleteAsync($"{Secrets}/2026-11"), "secret-in-use");
        await Golden.ShouldMatchAsync(await service.Http.PostAsJsonAsync(Secrets, new { id = "2026-11", secret = "x" }), "secret-exists");
        await Golden.ShouldMatchAsync(await service.Http.DeleteAsync($"{Secrets}/2025-01"), "secret-unknown");
        await Golden.ShouldMatchAsync(
            await service.Http.PostAsJsonAsync(Secrets, new { id = "", secret = "x", notBefore = "2026-11-22T00:00:00Z", notAfter = "2026-11-21T00:00:00Z", why = 1 }), "secret-refused");
        await Golden.ShouldMatchAsync(
            await service.Http.PostAsJsonAsync("/v1/connections/pawapay-test/secrets", new { id = "one", secret = "x" }), "secret-of-no-use");
        await Golden.ShouldMatchAsync(
            await service.Http.PostAsJsonAsync(Secrets, new { id = "2026-12", secret = "x", notBefore = "2026-12-01T00:00:00Z" }), "secret-added");
    }

    private static async Task<string> RetireAsync(ServiceHost service, string id)
    {
        var refused = await service.Http.DeleteAsync($"{Secrets}/{id}");
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        return (string)(await refused.Content.ReadFromJsonAsync<JsonNode>())!["detail"]!;
    }

    private static async Task<HttpStatusCode> DeliverAsync(ServiceHost service, string payout, string secret)
    {
        using var answer = await service.Anonymous.SendAsync(ZoPaySender.Signed(ZoPaySender.Body(payout), "zopay-test", secret));
        return answer.StatusCode;
    }
}
