using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Reconciler.Access;
using Reconciler.Access.Audit;
using Reconciler.Hosting;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Access;

public sealed class The_audit_log(PostgresFixture postgres)
{
    [Fact]
    public async Task Tells_who_did_what_and_what_it_was_before()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        var (id, http) = await Keys.MakeAsync(service, [Scope.FinanceRead]);
        http.Dispose();
        await service.Http.DeleteAsync($"/v1/keys/{id}");
        (await service.Http.PutAsync("/v1/connections/zopay-two", new StringContent(Connections.Documents.ZoPay, System.Text.Encoding.UTF8, "application/json"))).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await service.Http.DeleteAsync("/v1/connections/zopay-two")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var browser = await Browser.SignedInAsync(service);

        var entries = (await service.Http.GetFromJsonAsync<JsonNode>("/v1/audit?limit=500"))!["items"]!.AsArray();
        string[] acts = [.. entries.Reverse().Select(entry => (string)entry!["act"]!)];
        acts.ShouldBe(["connection.created", "connection.created", "key.created", "key.revoked", "connection.created", "connection.deleted", "user.created", "session.began"]);
        var revoked = entries.Single(entry => (string)entry!["act"]! == "key.revoked")!;
        ((string)revoked["subject"]!).ShouldBe($"key:{id}");
        ((string)revoked["actorId"]!).ShouldBe("admin");
        ((string)revoked["address"]!).ShouldBe("127.0.0.1");
        revoked["before"]!["revokedAt"].ShouldBeNull();
        revoked["after"]!["revokedAt"].ShouldNotBeNull();
        (await service.Http.GetFromJsonAsync<JsonNode>($"/v1/audit?subject=key:{id}&act=key.created"))!["items"]!.AsArray().Count.ShouldBe(1);

        (await browser.Http.GetStringAsync("/audit")).ShouldContain("key.revoked");
        service.Http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/csv"));
        (await service.Http.GetStringAsync("/v1/audit")).Trim().Split("\r\n").Length.ShouldBe(acts.Length + 1);
    }

    [Fact]
    public async Task Pages_by_number()
    {
        await using var service = await ServiceHost.StartAsync(postgres, new StoppedClock(StoppedClock.Noon));
        var audit = service.Services.GetRequiredService<AuditLog>();
        for (var act = 0; act < 3; act++) await audit.RecordAsync(Actor.Service("test"), "test.done", $"thing:{act}", null, new { act }, "because");

        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/audit?limit=2&act=test.done"), "audit");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/audit?limit=2&act=test.done&cursor=4"), "audit-next");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/audit?limit=0&who=me&cursor=x"), "audit-refused");
    }

    [Fact]
    public async Task Is_one_chain_however_many_write_at_once()
    {
        await using var first = await ServiceHost.StartAsync(postgres);
        await using var second = await first.AnotherAsync();
        var logs = new[] { first, second }.Select(node => node.Services.GetRequiredService<AuditLog>()).ToList();

        await Task.WhenAll(Enumerable.Range(0, 100).Select(act => logs[act % 2].RecordAsync(Actor.Service("test"), "test.done", $"thing:{act}\0", why: "\ud800")));

        var verdict = await second.Services.GetRequiredService<AuditChain>().VerifyAsync(CancellationToken.None);
        verdict.IsWhole.ShouldBeTrue(verdict.Trouble);
        verdict.Entries.ShouldBeGreaterThanOrEqualTo(100);
        (await first.Http.GetFromJsonAsync<JsonNode>("/v1/audit/verdict"))!["brokenAt"].ShouldBeNull();
    }

    [Theory]
    [InlineData("update reconciler.audit_log set after = '{\"act\":7}' where number = 4", 4)]
    [InlineData("update reconciler.audit_log set recorded_at = recorded_at + interval '1 microsecond' where number = 4", 4)]
    [InlineData("delete from reconciler.audit_log where number = 4", 4)]
    [InlineData("delete from reconciler.audit_log where number = 5", 5)]
    [InlineData("delete from reconciler.audit_log where number = 5; update reconciler.audit_head set number = 4", 4)]
    [InlineData("update reconciler.audit_log set number = 9 where number = 4; update reconciler.audit_log set number = 4 where number = 5; update reconciler.audit_log set number = 5 where number = 9", 4)]
    public async Task Shows_where_somebody_changed_it(string tampering, long brokenAt)
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        var audit = service.Services.GetRequiredService<AuditLog>();
        for (var act = 0; act < 3; act++) await audit.RecordAsync(Actor.Service("test"), "test.done", $"thing:{act}", null, new { act }, null);
        await Should.ThrowAsync<PostgresException>(() => Rows.RunAsync(service.ConnectionString, tampering));
        await Should.ThrowAsync<PostgresException>(() => Rows.RunAsync(service.ConnectionString, "truncate reconciler.audit_log"));

        // As whoever owns the database can.
        await Rows.RunAsync(service.ConnectionString, $"alter table reconciler.audit_log disable trigger all; {tampering}");

        var verdict = await service.Services.GetRequiredService<AuditChain>().VerifyAsync(CancellationToken.None);
        verdict.BrokenAt.ShouldBe(brokenAt, verdict.Trouble);
    }

    [Fact]
    public async Task An_act_that_is_taken_back_leaves_no_entry()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        var audit = service.Services.GetRequiredService<AuditLog>();
        await using (var connection = await service.Database.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await audit.RecordAsync(connection, Actor.Service("test"), "test.done", "thing", null, null, null, CancellationToken.None);
            await transaction.RollbackAsync();
        }

        await audit.RecordAsync(Actor.Service("test"), "test.done", "another");

        var verdict = await service.Services.GetRequiredService<AuditChain>().VerifyAsync(CancellationToken.None);
        (verdict.IsWhole, verdict.Entries).ShouldBe((true, 3));
    }

    [Fact]
    public async Task A_flood_of_denials_becomes_a_few_entries()
    {
        await using var service = await ServiceHost.StartAsync(postgres, settings: new Dictionary<string, string?> { ["Reconciler:Limits:FailedAttemptsPerMinute"] = "50" });
        var denied = service.Services.GetRequiredService<DeniedLog>();
        using var wrong = Keys.Client(service, "rk_wrong_0123456789abcdef");
        for (var attempt = 0; attempt < 200; attempt++) await wrong.GetAsync($"/v1/payouts/zopay-test/{attempt}");
        await denied.WriteAsync(CancellationToken.None);

        var items = (await service.Http.GetFromJsonAsync<JsonNode>("/v1/audit?act=access.denied"))!["items"]!.AsArray();
        items.Count.ShouldBeInRange(1, 6);
        items.Sum(item => (long)item!["after"]!["count"]!).ShouldBe(200);
        items.Select(item => (int)item!["after"]!["status"]!).Distinct().Order().ShouldBe([401, 429]);
    }
}
