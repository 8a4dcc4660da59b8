using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Reconciler.Hosting;
using Reconciler.Tests.Access;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;
using Reconciler.Tests.Ledger.Subscriptions;

namespace Reconciler.Tests.Ledger;

/// <summary>A key that is for one connection, in the hands of a ledger: what lies in another one is not there, by whichever way it reads.</summary>
public sealed class A_ledger_of_one_connection(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Ours = "pawapay-test";
    private const string Theirs = "zopay-test";

    private ServiceHost service = null!;
    private HttpClient key = null!;

    public async ValueTask InitializeAsync()
    {
        service = await ServiceHost.StartAsync(postgres);
        (_, key) = await Keys.MakeAsync(service, Scope.All, [Ours]);
        for (var at = 1; at <= 3; at++)
        {
            await Keys.ExpectAsync(service.Http, Theirs, $"theirs-{at}");
            await Keys.ExpectAsync(service.Http, Ours, $"ours-{at}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        key.Dispose();
        await service.DisposeAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("&connection=zopay-test")]
    [InlineData("&connection=zopay-test&connection=pawapay-test")]
    public async Task Is_given_its_own_changes_by_pull_whatever_it_asks_for(string asked)
    {
        var page = (await key.GetFromJsonAsync<JsonNode>($"/v1/changes?after=0{asked}"))!;

        page.ToJsonString().ShouldNotContain("theirs");
        page["changes"]!.AsArray().Select(change => (long)change!["position"]!).ShouldBe(asked.Contains(Ours) || asked.Length == 0 ? [2, 4, 6] : []);
        ((string)page["next"]!).ShouldBe("6");
    }

    [Theory]
    [InlineData("")]
    [InlineData("&connection=zopay-test&connection=pawapay-test")]
    public async Task And_by_stream_before_the_head_and_at_it(string asked)
    {
        await using var stream = await OpenStream.FromAsync(key, $"after=0{asked}");
        await Keys.ExpectAsync(service.Http, Theirs, "theirs-4");
        await Keys.ExpectAsync(service.Http, Ours, "ours-4");

        var seen = new List<ServerSentEvent>();
        while (seen.Count == 0 || seen[^1].Id is not 8) seen.Add((await stream.NextAsync())!);

        seen.ShouldAllBe(one => !one.Text.Contains("theirs"));
        seen.Where(one => one.Data?.Contains("\"position\"") == true).Select(one => one.Id).ShouldBe([2, 4, 6, 8]);
    }

    [Fact]
    public async Task Sees_and_steers_only_subscriptions_that_tell_of_its_own_connection()
    {
        var whole = await Subscribers.SubscribeAsync(service.Http, Document());
        var theirs = await Subscribers.SubscribeAsync(service.Http, Document(Theirs));
        var both = await Subscribers.SubscribeAsync(service.Http, Document(Theirs, Ours));
        var ours = await Subscribers.SubscribeAsync(key, Document(Ours));

        (await key.GetFromJsonAsync<JsonNode>("/v1/subscriptions"))!["items"]!.AsArray().Select(one => (string)one!["id"]!).ShouldBe([(string)ours["id"]!]);
        foreach (var hidden in (JsonNode[])[whole, theirs, both])
        {
            var path = $"/v1/subscriptions/{hidden["id"]}";
            foreach (var (method, route) in ((string, string)[])
                [("GET", ""), ("GET", "/deferred"), ("PUT", ""), ("DELETE", ""), ("POST", "/pause"), ("POST", "/resume")])
                (await SendAsync(method, path + route, Document(Ours).ToJsonString())).StatusCode.ShouldBe(HttpStatusCode.NotFound, $"{method} {route}");
            (await SendAsync("POST", $"{path}/replay", """{"after": 0}""")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await SendAsync("POST", $"{path}/skip", """{"position": 1}""")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await CompareAsync(hidden, "")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        // Nor does it get at them by making one, or by widening its own.
        foreach (var (method, path) in ((string, string)[])[("POST", "/v1/subscriptions"), ("PUT", $"/v1/subscriptions/{ours["id"]}")])
        {
            foreach (var connections in (string[][])[[], [Theirs], [Ours, Theirs]])
                (await SendAsync(method, path, Document(connections).ToJsonString())).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity, method);
        }
    }

    [Fact]
    public async Task Compares_what_it_holds_with_its_own_connection_alone()
    {
        var ours = await Subscribers.SubscribeAsync(key, Document(Ours));

        var answer = await (await CompareAsync(ours, """
            {"position": 6}
            {"payout": "pawapay-test/ours-1", "statusVersion": 1}
            {"payout": "zopay-test/theirs-2", "statusVersion": 1}
            {"payout": "zopay-test/theirs-1", "statusVersion": 7}
            {"payout": "zopay-test/absent", "statusVersion": 7}
            """)).Content.ReadAsStringAsync();

        var lines = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        lines[..^1].Select(line => $"{line["payout"]} {line["difference"]}").ShouldBe(
        [
            "zopay-test/theirs-2 unknown", "zopay-test/theirs-1 unknown", "zopay-test/absent unknown", "pawapay-test/ours-2 missing", "pawapay-test/ours-3 missing",
        ]);
    }

    [Fact]
    public async Task Is_told_nothing_of_what_is_for_all_connections()
    {
        (await key.GetAsync("/v1/feed/broker")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync("POST", "/v1/feed/broker/replay", """{"from": 1}""")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private static JsonObject Document(params string[] connections) => new()
    {
        ["url"] = "https://ledger.example.com/",
        ["connections"] = new JsonArray([.. connections.Select(one => (JsonNode)one)]),
    };

    private Task<HttpResponseMessage> CompareAsync(JsonNode subscription, string lines) =>
        key.PostAsync($"/v1/subscriptions/{subscription["id"]}/parity", new StringContent(lines, Encoding.UTF8, "application/x-ndjson"));

    private Task<HttpResponseMessage> SendAsync(string method, string path, string json) => key.SendAsync(
        new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(json, Encoding.UTF8, "application/json") });
}
