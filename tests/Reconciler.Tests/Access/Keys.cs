using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Access;

/// <summary>Keys of a running service, made as an administrator makes them.</summary>
internal static class Keys
{
    public static async Task<(string Id, HttpClient Http)> MakeAsync(
        ServiceHost service, IEnumerable<string> scopes, IEnumerable<string>? connections = null, DateTimeOffset? expiresAt = null)
    {
        var answer = await service.Http.PostAsJsonAsync("/v1/keys", new { name = "a test", scopes, connections, expiresAt });
        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        var made = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        return ((string)made["id"]!, Client(service, (string)made["key"]!));
    }

    public static HttpClient Client(ServiceHost service, string key)
    {
        var client = new HttpClient { BaseAddress = service.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public static async Task ExpectAsync(HttpClient http, string connection, string payout)
    {
        var answer = await http.PostAsJsonAsync("/v1/payouts", Announcement(connection, payout));
        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
    }

    public static object Announcement(string connection, string payout) =>
        new { connection, providerPayoutId = payout, reference = $"ref-{payout}", amount = "5000", currency = "XOF" };
}
