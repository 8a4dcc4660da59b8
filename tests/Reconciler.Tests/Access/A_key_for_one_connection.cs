using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Reconciler.Core;
using Reconciler.Hosting;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Access;

public sealed class A_key_for_one_connection(PostgresFixture postgres)
{
    private const string Ours = "pawapay-test";
    private const string Theirs = "zopay-test";

    [Fact]
    public async Task Sees_nothing_of_another()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await Keys.ExpectAsync(service.Http, Theirs, "theirs-1");
        var (_, http) = await Keys.MakeAsync(service, Scope.All, [Ours]);
        using var key = http;
        await Keys.ExpectAsync(key, Ours, "ours-1");

        (await key.GetAsync($"/v1/payouts/{Ours}/ours-1")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var existing = await key.GetAsync($"/v1/payouts/{Theirs}/theirs-1");
        var absent = await key.GetAsync($"/v1/payouts/{Theirs}/theirs-2");
        existing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await existing.Content.ReadAsStringAsync()).Replace("theirs-1", "x").ShouldBe((await absent.Content.ReadAsStringAsync()).Replace("theirs-2", "x"));
        foreach (var below in (string[])["/events", "/why", "/dossier", $"/evidence/{EvidenceDigest.Of("x"u8)}"])
            (await key.GetAsync($"/v1/payouts/{Theirs}/theirs-1{below}")).StatusCode.ShouldBe(HttpStatusCode.NotFound, below);
        (await key.PostAsync($"/v1/payouts/{Theirs}/theirs-1/poll", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await key.GetAsync($"/v1/connections/{Theirs}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await key.GetAsync($"/v1/connections/{Theirs}/endpoint")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await key.DeleteAsync($"/v1/connections/{Theirs}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await key.PutAsJsonAsync($"/v1/connections/{Theirs}", new { provider = "zopay" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        foreach (var list in (string[])["/v1/payouts", "/v1/payouts?connection=zopay-test", "/v1/payouts?q=theirs-1", "/v1/discrepancies", "/v1/connections"])
            (await key.GetStringAsync(list)).ShouldNotContain("theirs", Shouldly.Case.Sensitive, list);
        (await key.GetStringAsync("/v1/connections")).ShouldNotContain(Theirs);
        (await key.GetFromJsonAsync<JsonNode>("/v1/payouts"))!["items"]!.AsArray().Count.ShouldBe(1);
        key.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/csv"));
        (await key.GetStringAsync("/v1/payouts")).ShouldNotContain("theirs");
        key.DefaultRequestHeaders.Accept.Clear();
        var feed = (await key.GetFromJsonAsync<JsonNode>("/v1/changes"))!["changes"]!.AsArray();
        feed.Count.ShouldBe(1);
        feed.ToJsonString().ShouldNotContain("theirs");

        foreach (var whole in (string[])["/v1/keys", "/v1/audit", "/v1/audit/verdict", "/payouts", "/"])
            (await key.GetAsync(whole)).StatusCode.ShouldBe(HttpStatusCode.Forbidden, whole);
        (await key.PostAsJsonAsync("/v1/keys", new { name = "more", scopes = Scope.All })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Announces_nothing_for_another()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        var (_, http) = await Keys.MakeAsync(service, [Scope.PayoutsWrite], [Ours]);
        using var key = http;

        var one = await key.PostAsJsonAsync("/v1/payouts", Keys.Announcement(Theirs, "p-1"));
        one.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await one.Content.ReadAsStringAsync()).ShouldContain("no such connection");
        var lines = string.Join('\n', JsonSerializer.Serialize(Keys.Announcement(Theirs, "p-2")), JsonSerializer.Serialize(Keys.Announcement(Ours, "p-3")));
        var many = await key.PostAsync("/v1/payouts", new StringContent(lines, Encoding.UTF8, "application/x-ndjson"));

        (await many.Content.ReadAsStringAsync()).Trim().Split('\n').Select(line => (int)JsonNode.Parse(line)!["status"]!).ShouldBe([422, 201]);
        (await service.Http.GetFromJsonAsync<JsonNode>("/v1/payouts"))!["items"]!.AsArray().Count.ShouldBe(1);
    }
}
