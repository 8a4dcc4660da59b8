using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Reconciler.Access.Keys;
using Reconciler.Hosting;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Access;

public sealed class Keys_for_programs(PostgresFixture postgres)
{
    [Fact]
    public async Task A_key_is_shown_once_and_kept_nowhere()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        var answer = await service.Http.PostAsJsonAsync("/v1/keys", new { name = "ledger", scopes = new[] { Scope.LedgerRead } });
        var key = (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["key"]!;

        key.ShouldMatch("^rk_[0-9a-f]{64}$");
        (await service.Http.GetStringAsync("/v1/keys")).ShouldNotContain(key);
        await using var kept = service.Database.CreateCommand("""
            select count(*) from reconciler.api_keys k, reconciler.audit_log a where (k::text || a::text) like '%' || $1 || '%'
            """);
        kept.Parameters.Add(new Npgsql.NpgsqlParameter { Value = key[10..40] });
        (await kept.ExecuteScalarAsync()).ShouldBe(0L);

        using var ledger = Keys.Client(service, key);
        (await ledger.GetAsync("/v1/changes")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ledger.GetAsync("/v1/payouts")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await ledger.GetAsync("/v1/keys")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task It_answers_as_documented()
    {
        await using var service = await ServiceHost.StartAsync(postgres, new StoppedClock(StoppedClock.Noon));
        await Golden.ShouldMatchAsync(await service.Http.PostAsJsonAsync("/v1/keys", new { name = "", scopes = new[] { "everything" }, connections = Array.Empty<string>(), expiresAt = "2020-01-01T00:00:00Z" }), "key-refused");
        await Golden.ShouldMatchAsync(await service.Http.PostAsJsonAsync("/v1/keys", new { name = "x", scope = "admin" }), "key-unknown-member");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/keys"), "keys-none");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/keys/0199"), "key-unknown");
        await Golden.ShouldMatchAsync(await service.Http.DeleteAsync($"/v1/keys/{Guid.Empty}"), "key-unknown-to-revoke");
    }

    [Fact]
    public async Task It_ends_at_its_time()
    {
        var clock = new StoppedClock(StoppedClock.Noon);
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        var (_, http) = await Keys.MakeAsync(service, [Scope.FinanceRead], expiresAt: clock.Now.AddHours(1));
        using var client = http;

        (await client.GetAsync("/v1/payouts")).StatusCode.ShouldBe(HttpStatusCode.OK);
        clock.Now += TimeSpan.FromHours(1);
        (await client.GetAsync("/v1/payouts")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Revoked_it_is_refused_here_at_once_and_elsewhere_within_seconds()
    {
        await using var first = await ServiceHost.StartAsync(postgres);
        await using var second = await first.AnotherAsync();
        var (id, http) = await Keys.MakeAsync(first, [Scope.FinanceRead]);
        using var here = http;
        using var there = Keys.Client(second, here.DefaultRequestHeaders.Authorization!.Parameter!);
        await Eventually.TrueAsync(async () => (await there.GetAsync("/v1/payouts")).StatusCode == HttpStatusCode.OK, "The other node does not know the key.");

        (await first.Http.DeleteAsync($"/v1/keys/{id}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var revokedAt = TimeProvider.System.GetTimestamp();

        (await here.GetAsync("/v1/payouts")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await Eventually.TrueAsync(async () => (await there.GetAsync("/v1/payouts")).StatusCode == HttpStatusCode.Unauthorized, "The other node still honours it.");
        TestContext.Current.TestOutputHelper?.WriteLine($"Refused on the other node after {TimeProvider.System.GetElapsedTime(revokedAt).TotalSeconds:F1} s.");
        (await first.Http.DeleteAsync($"/v1/keys/{id}")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_node_that_cannot_look_lets_nobody_in()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        var (_, http) = await Keys.MakeAsync(service, [Scope.FinanceRead]);
        using var client = http;
        await Rows.RunAsync(service.ConnectionString, "alter table reconciler.access_head rename to head_away");

        await Eventually.TrueAsync(async () => !(await client.GetAsync("/v1/payouts")).IsSuccessStatusCode, "It still lets a key in that it cannot look up.");

        await Rows.RunAsync(service.ConnectionString, "alter table reconciler.head_away rename to access_head");
        (await client.GetAsync("/v1/payouts")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Its_last_use_is_written_now_and_then()
    {
        var clock = new StoppedClock(StoppedClock.Noon);
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        var (id, http) = await Keys.MakeAsync(service, [Scope.FinanceRead]);
        using var client = http;
        await client.GetAsync("/v1/payouts");
        (await service.Services.GetRequiredService<ApiKeyStore>().FindAsync(Guid.Parse(id), CancellationToken.None))!.LastUsedAt.ShouldBeNull();

        await service.Services.GetRequiredService<KeyLastUse>().WriteAsync(CancellationToken.None);

        (await service.Services.GetRequiredService<ApiKeyStore>().FindAsync(Guid.Parse(id), CancellationToken.None))!.LastUsedAt.ShouldBe(clock.Now);
    }

    [Fact]
    public async Task Too_many_requests_and_too_many_wrong_keys_have_to_wait()
    {
        await using var service = await ServiceHost.StartAsync(postgres, settings: new Dictionary<string, string?>
        {
            ["Reconciler:Limits:RequestsPerMinute"] = "5", ["Reconciler:Limits:FailedAttemptsPerMinute"] = "1",
        });
        var (_, http) = await Keys.MakeAsync(service, [Scope.FinanceRead]);
        using var client = http;
        using var wrong = Keys.Client(service, "rk_wrong_0123456789abcdef");

        // A slow machine is given new requests meanwhile, so that more than these may come before the refusal.
        var (allowed, last) = (0, await client.GetAsync("/v1/payouts"));
        for (; last.StatusCode == HttpStatusCode.OK && allowed < 100; allowed++) last = await client.GetAsync("/v1/payouts");
        allowed.ShouldBeInRange(5, 99);
        last.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        last.Headers.RetryAfter.ShouldNotBeNull();

        (await wrong.GetAsync("/v1/payouts")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var refused = await wrong.GetAsync("/v1/payouts");
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter.ShouldNotBeNull();
        // Whoever has a right key goes on, even from that address.
        (await service.Http.GetAsync("/v1/payouts")).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var browser = new Browser(service.Address);
        // Meanwhile some part of the next attempt comes back, which is none.
        for (var attempt = 0; attempt < 10; attempt++) (await browser.SignInAsync("somebody")).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
    }
}
