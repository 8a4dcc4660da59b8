using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Reconciler.Core;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Finance;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Ledger.Broker;

/// <summary>What tests of publishing ask of a service.</summary>
internal static class Publishing
{
    public static Dictionary<string, string?> To(string uri, string exchange, string name = "", string value = "") => new()
    {
        ["Reconciler:Broker:Uri"] = uri,
        ["Reconciler:Broker:Exchange"] = exchange,
        ["Reconciler:Broker:Window"] = "32",
        [name.Length > 0 ? $"Reconciler:Broker:{name}" : "Reconciler:Broker:Declare"] = name.Length > 0 ? value : "true",
    };

    /// <summary>Two changes for each payout: its first word is final, and nobody registered it.</summary>
    public static Task AppendAsync(this ServiceHost service, string name, int payouts) =>
        Task.WhenAll(Enumerable.Range(0, payouts).Select(at => service.AppendAsync(Evidences.Heard($"{name}-{at}", ObservedStatus.Succeeded, StoppedClock.Noon))));

    public static async Task<JsonNode> StatusAsync(HttpClient http) => (await http.GetFromJsonAsync<JsonNode>("/v1/feed/broker"))!;

    public static Task StateAsync(HttpClient http, string state) =>
        Eventually.TrueAsync(async () => (string?)(await StatusAsync(http))["state"] == state, $"Publishing does not become {state}.");

    /// <summary>Waits until the broker has confirmed everything, and tells the feed's head.</summary>
    public static async Task<long> CaughtUpAsync(HttpClient http)
    {
        JsonNode? status = null;
        await Eventually.TrueAsync(async () => (long)(status = await StatusAsync(http))["lag"]! == 0 && (long)status["head"]! > 0, "Publishing does not catch up.");
        return (long)status!["head"]!;
    }
}
