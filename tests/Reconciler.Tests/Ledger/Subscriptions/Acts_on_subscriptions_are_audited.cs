using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Reconciler.Access.Audit;
using Reconciler.Hosting;
using Reconciler.Tests.Access;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Reconciler.Tests.Ledger.Subscriptions;

public sealed class Acts_on_subscriptions_are_audited(PostgresFixture postgres)
{
    private const string First = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Second = "whsec_c2Vjb25kIHNlY3JldCBvZiB0aGUgdGVzdHM=";

    [Fact]
    public async Task Each_act_is_one_entry_that_tells_what_was_and_what_is_and_no_secret()
    {
        await using var service = await ServiceHost.StartAsync(postgres, new StoppedClock(StoppedClock.Noon));
        var made = await SendAsync(service.Http, HttpMethod.Post, "/v1/subscriptions", Document("hooks", ("a", First)));
        var path = made.Headers.Location!.ToString();
        await SendAsync(service.Http, HttpMethod.Put, path, Document("other", ("a", "***")));
        await SendAsync(service.Http, HttpMethod.Put, path, Document("other", ("a", Second), ("b", First)));
        await SendAsync(service.Http, HttpMethod.Put, path, Document("third", ("b", "***")));
        await SendAsync(service.Http, HttpMethod.Post, $"{path}/pause", "");
        await DeferAsync(service, 1);
        await SendAsync(service.Http, HttpMethod.Post, $"{path}/skip", """{"position": 1}""");
        await SendAsync(service.Http, HttpMethod.Post, $"{path}/replay", """{"after": 0}""");
        await SendAsync(service.Http, HttpMethod.Post, $"{path}/resume", "");
        await SendAsync(service.Http, HttpMethod.Delete, path, "");

        var told = await service.Http.GetAsync($"/v1/audit?subject=subscription:{path.Split('/')[^1]}&limit=500");
        var text = await told.Content.ReadAsStringAsync();
        Acts(text).ShouldBe(
        [
            "subscription.created", "subscription.secrets_changed", "subscription.changed", "subscription.secrets_changed", "subscription.changed",
            "subscription.secrets_changed", "subscription.paused", "subscription.change_skipped", "subscription.replayed", "subscription.resumed",
            "subscription.deleted",
        ]);
        text.ShouldNotContain("whsec_");
        JsonNode.Parse(text)!["items"]!.AsArray().Select(entry => (string)entry!["actorId"]!).Distinct().ShouldBe(["admin"]);
        await Golden.ShouldMatchAsync(told, "audit-subscription");
        (await service.Services.GetRequiredService<AuditChain>().VerifyAsync(CancellationToken.None)).IsWhole.ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_refused_or_changes_nothing_leaves_none()
    {
        await using var service = await ServiceHost.StartAsync(postgres, new StoppedClock(StoppedClock.Noon));
        var made = await SendAsync(service.Http, HttpMethod.Post, "/v1/subscriptions", Document("hooks", ("a", First)));
        var path = made.Headers.Location!.ToString();
        var shown = await service.Http.GetStringAsync(path);

        foreach (var document in (string[])[Document("hooks", ("a", First)), Document("hooks", ("a", "***")), Document("hooks")])
            (await SendAsync(service.Http, HttpMethod.Put, path, document)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(service.Http, HttpMethod.Put, path, """{"url": "ftp://a.example"}""")).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await SendAsync(service.Http, HttpMethod.Post, $"{path}/replay", """{"after": 7}""")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await SendAsync(service.Http, HttpMethod.Post, $"{path}/skip", """{"position": 1}""")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var (_, http) = await Keys.MakeAsync(service, Scope.All, ["pawapay-test"]);
        using var elsewhere = http;
        foreach (var act in (string[])["pause", "resume", "replay", "skip"])
            (await SendAsync(elsewhere, HttpMethod.Post, $"{path}/{act}", """{"after": 0}""")).IsSuccessStatusCode.ShouldBeFalse(act);
        (await SendAsync(elsewhere, HttpMethod.Delete, path, "")).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        Acts(await service.Http.GetStringAsync($"/v1/audit?subject=subscription:{path.Split('/')[^1]}"))
            .ShouldBe(["subscription.created", "subscription.secrets_changed"]);
        (await service.Http.GetStringAsync(path)).ShouldBe(shown);
    }

    [Fact]
    public async Task And_so_is_publishing_again_to_the_broker()
    {
        await using var service = await ServiceHost.StartAsync(postgres, new StoppedClock(StoppedClock.Noon));
        await Rows.RunAsync(service.ConnectionString, """
            update reconciler.feed_head set position = 9;
            update reconciler.broker_feed set checkpoint = 5, epoch = (select epoch from reconciler.installation)
            """);

        (await SendAsync(service.Http, HttpMethod.Post, "/v1/feed/broker/replay", """{"from": 7}""")).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await SendAsync(service.Http, HttpMethod.Post, "/v1/feed/broker/replay", """{"from": 2}""")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/audit?subject=feed:broker"), "audit-broker");
    }

    private static string[] Acts(string audit) =>
        [.. JsonNode.Parse(audit)!["items"]!.AsArray().Reverse().Select(entry => (string)entry!["act"]!)];

    private static string Document(string path, params (string Id, string Secret)[] secrets) => new JsonObject
    {
        ["url"] = $"https://ledger.example.com/{path}",
        ["secrets"] = secrets.Length == 0 ? null : new JsonArray([.. secrets.Select(one => (JsonNode)new JsonObject { ["id"] = one.Id, ["secret"] = one.Secret })]),
    }.ToJsonString();

    // As a worker leaves it whose subscriber refused the change.
    private static Task DeferAsync(ServiceHost service, long position) => Rows.RunAsync(service.ConnectionString, $"""
        insert into reconciler.subscription_deferred (subscription, position, stream_id, attempts, next_attempt_at, given_up)
        select id, {position}, 'zopay-test/p-1', 1, now(), false from reconciler.subscriptions
        """);

    private static Task<HttpResponseMessage> SendAsync(HttpClient http, HttpMethod method, string path, string json) =>
        http.SendAsync(new HttpRequestMessage(method, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") });
}
