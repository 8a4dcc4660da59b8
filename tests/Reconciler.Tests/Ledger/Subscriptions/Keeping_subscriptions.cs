using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Ledger.Subscriptions;

public sealed class Keeping_subscriptions(PostgresFixture postgres)
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Fact]
    public async Task Shows_them_and_never_a_secret_that_it_was_given()
    {
        await using var service = await ServiceHost.StartAsync(postgres, new StoppedClock(StoppedClock.Noon));
        var document = $$"""
            {"url": "https://ledger.example.com/hooks?tenant=7", "description": "the ledger", "kinds": ["payout.status_changed"], "connections": ["zopay-test"],
             "allowedRanges": ["10.1.0.0/16", "fd00:1::/32"], "secrets": [{"id": "2026-11", "secret": "{{Secret}}"}], "startAfter": "0"}
            """;

        var made = await SendAsync(service, HttpMethod.Post, "/v1/subscriptions", document);
        var path = made.Headers.Location!.ToString();
        await Golden.ShouldMatchAsync(made, "subscription-created");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/subscriptions"), "subscriptions");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync(path), "subscription");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync($"{path}/deferred"), "subscription-deferred");
        await Golden.ShouldMatchAsync(await SendAsync(service, HttpMethod.Post, $"{path}/pause", ""), "subscription-paused");
        await Golden.ShouldMatchAsync(await SendAsync(service, HttpMethod.Post, $"{path}/resume", ""), "subscription-resumed");
        await Golden.ShouldMatchAsync(await SendAsync(service, HttpMethod.Post, $"{path}/replay", """{"after": 0}"""), "subscription-replayed");
        await Golden.ShouldMatchAsync(await SendAsync(service, HttpMethod.Post, $"{path}/replay", """{"after": 1}"""), "subscription-replay-ahead");
        await Golden.ShouldMatchAsync(await SendAsync(service, HttpMethod.Post, $"{path}/skip", """{"position": 3}"""), "subscription-skip-refused");
        await Golden.ShouldMatchAsync(
            await SendAsync(service, HttpMethod.Put, path, """{"url": "https://ledger.example.com/other"}"""), "subscription-put");

        (await service.Http.DeleteAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await Golden.ShouldMatchAsync(await service.Http.GetAsync(path), "subscription-unknown");
        foreach (var (method, route) in ((string, string)[])[("PUT", ""), ("DELETE", ""), ("GET", "/deferred"), ("POST", "/pause"), ("POST", "/resume")])
        {
            (await SendAsync(service, new HttpMethod(method), path + route, """{"url": "https://a.example"}""")).StatusCode
                .ShouldBe(HttpStatusCode.NotFound, $"{method} {route}");
        }
    }

    [Fact]
    public async Task Makes_a_secret_where_none_is_given_and_shows_it_once()
    {
        await using var service = await ServiceHost.StartAsync(postgres);

        var made = await ReadAsync(await SendAsync(service, HttpMethod.Post, "/v1/subscriptions", """{"url": "https://ledger.example.com/"}"""));

        var secret = (string)made["secrets"]![0]!["secret"]!;
        secret.ShouldStartWith("whsec_");
        Convert.FromBase64String(secret["whsec_".Length..]).Length.ShouldBe(32);
        var shown = await service.Http.GetStringAsync($"/v1/subscriptions/{made["id"]}");
        shown.ShouldNotContain(secret);
        shown.ShouldContain("\"***\"");
        await using var stored = service.Database.CreateCommand("select sealed_secrets from reconciler.subscriptions");
        Encoding.Latin1.GetString((byte[])(await stored.ExecuteScalarAsync())!).ShouldNotContain(secret);
    }

    [Fact]
    public async Task Refuses_what_is_wrong_and_names_the_field()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await Golden.ShouldMatchAsync(await SendAsync(service, HttpMethod.Post, "/v1/subscriptions", """
            {"url": "http://ledger.example.com/", "kinds": ["payout.vanished"], "connections": ["Nothing Such"], "allowedRanges": ["10.0.0.0/99"],
             "secrets": [{"id": "a", "secret": "short"}, {"id": "a"}], "startAfter": -1, "surprise": true}
            """), "subscription-refused");

        foreach (var (field, document) in ((string, string)[])
        [
            ("", "[]"), ("", "{"), ("", """{"url": "https://a.example", "url": "https://b.example"}"""),
            ("url", "{}"), ("url", """{"url": "ftp://a.example"}"""), ("url", """{"url": "https://me:pass@a.example"}"""), ("url", """{"url": "/here"}"""),
            ("url", """{"url": "https://127.0.0.1/"}"""), ("url", """{"url": "https://[::ffff:169.254.169.254]/"}"""),
            ("url", """{"url": "http://8.8.8.8/", "allowedRanges": ["10.0.0.0/8"]}"""), ("url", """{"url": "https://a.example/#part"}"""),
            ("allowedRanges", """{"url": "https://a.example", "allowedRanges": ["0.0.0.0/0"]}"""),
            ("connections", """{"url": "https://a.example", "connections": ["no-such-one"]}"""),
            ("secrets", """{"url": "https://a.example", "secrets": []}"""),
            ("startAfter", """{"url": "https://a.example", "startAfter": "9"}"""),
            ("startAfter", """{"url": "https://a.example", "startAfter": 99999999999999999999}"""),
        ])
        {
            var refused = await SendAsync(service, HttpMethod.Post, "/v1/subscriptions", document);
            refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity, document);
            (await ReadAsync(refused))["errors"]!.AsArray().Select(error => (string)error!["field"]!).ShouldContain(field, document);
        }

        (await SendAsync(service, HttpMethod.Post, "/v1/subscriptions", new string(' ', 70_000))).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await ReadAsync(await service.Http.GetAsync("/v1/subscriptions")))["items"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Keeps_a_bounded_number()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await using var fill = service.Database.CreateCommand("""
            insert into reconciler.subscriptions
                (id, url, kinds, connections, allowed_ranges, sealed_secrets, state, epoch, cursor_position, created_at, updated_at)
            select gen_random_uuid(), 'https://a.example/', '{}', '{}', '{}', '\x01', 'paused', gen_random_uuid(), 0, now(), now() from generate_series(1, 100)
            """);
        await fill.ExecuteNonQueryAsync();

        var refused = await SendAsync(service, HttpMethod.Post, "/v1/subscriptions", """{"url": "https://a.example"}""");

        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        ((string)(await ReadAsync(refused))["type"]!).ShouldEndWith(":subscriptions-full");
    }

    private static Task<HttpResponseMessage> SendAsync(ServiceHost service, HttpMethod method, string path, string json) =>
        service.Http.SendAsync(new HttpRequestMessage(method, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") });

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage response) => JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
}
