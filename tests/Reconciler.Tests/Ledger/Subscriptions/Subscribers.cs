using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Reconciler.Core;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Finance;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Ledger.Subscriptions;

/// <summary>What the tests of this folder do to a service.</summary>
internal static class Subscribers
{
    // Longer than anything here takes on a machine that does much else.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(120);

    public const string Loopback = "127.0.0.0/8";

    /// <summary>Looks around quickly, so that a clock that is turned is noticed.</summary>
    public static readonly Dictionary<string, string?> Quick = new()
    {
        ["Reconciler:Subscriptions:LookInterval"] = "00:00:00.020",
    };

    /// <summary>Loses patience, too.</summary>
    public static readonly Dictionary<string, string?> Impatient = new(Quick) { ["Reconciler:Subscriptions:AttemptTimeout"] = "00:00:01" };

    public static JsonObject Document(Uri url, params string[] secrets) => new()
    {
        ["url"] = url.ToString(),
        ["allowedRanges"] = new JsonArray(Loopback),
        ["secrets"] = secrets.Length == 0 ? null : new JsonArray([.. secrets.Select((secret, at) => (JsonNode)new JsonObject { ["id"] = $"s{at}", ["secret"] = secret })]),
    };

    public static async Task<JsonNode> SubscribeAsync(HttpClient http, JsonObject document)
    {
        using var made = await http.PostAsJsonAsync("/v1/subscriptions", document);
        var body = await made.Content.ReadAsStringAsync();
        made.StatusCode.ShouldBe(HttpStatusCode.Created, body);
        return JsonNode.Parse(body)!;
    }

    public static async Task<JsonNode> SubscribeAsync(ServiceHost service, Uri url) => await SubscribeAsync(service.Http, Document(url));

    public static async Task<JsonNode> ShowAsync(HttpClient http, JsonNode subscription) =>
        (await http.GetFromJsonAsync<JsonNode>($"/v1/subscriptions/{subscription["id"]}"))!;

    public static Task<HttpResponseMessage> DoAsync(HttpClient http, JsonNode subscription, string what, JsonObject? body = null) =>
        http.PostAsJsonAsync($"/v1/subscriptions/{subscription["id"]}/{what}", body ?? []);

    /// <summary>Returns when the subscription shows this state.</summary>
    public static Task StateAsync(HttpClient http, JsonNode subscription, string state) =>
        UntilAsync(async () => (string?)(await ShowAsync(http, subscription))["state"] == state, $"It is not {state}.");

    public static Task UntilAsync(Func<bool> isSo) => UntilAsync(() => Task.FromResult(isSo()), "It did not come to be.");

    public static Task UntilAsync(Func<Task<bool>> isSo, string otherwise = "It did not come to be.") => Eventually.TrueAsync(isSo, otherwise, Bound);

    /// <summary>Each makes two changes: its first final status, and the case that nobody registered it.</summary>
    public static async Task HearAsync(ServiceHost service, int first, int count, ObservedStatus status = ObservedStatus.Succeeded)
    {
        await Task.WhenAll(Enumerable.Range(first, count).Select(at => service.AppendAsync(Evidences.Heard($"p-{at}", status, StoppedClock.Noon))));
    }

    /// <summary>Every position from the first to the last was accepted; what came more than once has one id; a payout's changes came in their order.</summary>
    public static void ShouldBeToldAll(IEnumerable<Received> accepted, long first, long last)
    {
        var all = accepted.ToList();
        all.Select(one => one.Position).Distinct().Order().ShouldBe(Range(first, last));
        all.GroupBy(one => one.Position).ShouldAllBe(same => same.Select(one => one.Id).Distinct().Count() == 1);
        all.Select(one => one.Id).Distinct().Count().ShouldBe((int)(last - first + 1));
        foreach (var payout in all.DistinctBy(one => one.Position).GroupBy(one => one.Payout))
            payout.Select(one => one.Position).ShouldBeInOrder(SortDirection.Ascending, payout.Key);
    }

    private static IEnumerable<long> Range(long first, long last)
    {
        for (var at = first; at <= last; at++) yield return at;
    }
}
