using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Reconciler.Simulator.Tests;

/// <summary>Status requests as the providers' documentation asks for them, written apart from the simulator's own code.</summary>
public static class StatusRequests
{
    public static readonly string[] Connections =
        ["caurisflux-sim", "awdpay-sim", "zayono-sim", "pawapay-sim", "pawapay-v1-sim", "zopay-sim"];

    public static async Task<HttpRequestMessage> ForAsync(RunningSimulator simulator, string connection, string id, DateTimeOffset? now = null) =>
        connection switch
        {
            "caurisflux-sim" => WithHeader($"/caurisflux/api/v1/payments/status/{id}", "X-API-Key",
                $"{await simulator.CredentialAsync(connection, "publicKey")}:{await simulator.CredentialAsync(connection, "secretKey")}"),
            "awdpay-sim" => Bearer($"/awdpay/api/withdraws/withdraws/{id}", await AwdPayTokenAsync(simulator)),
            "zayono-sim" => Bearer($"/zayono/api/v1/payouts/{id}", await simulator.CredentialAsync(connection, "apiKey")),
            "pawapay-sim" => Bearer($"/pawapay/v2/payouts/{id}", await simulator.CredentialAsync(connection, "token")),
            "pawapay-v1-sim" => Bearer($"/pawapay/payouts/{id}", await simulator.CredentialAsync(connection, "token")),
            "zopay-sim" => await ZoPayAsync(simulator, $"/zopay/api/v1/disbursements/{id}", "", now ?? TimeProvider.System.GetUtcNow()),
            _ => throw new ArgumentOutOfRangeException(nameof(connection), connection, "No such connection."),
        };

    public static async Task<(int Status, string Body)> SendAsync(
        RunningSimulator simulator, string connection, string id, DateTimeOffset? now = null)
    {
        using var request = await ForAsync(simulator, connection, id, now);
        using var answer = await simulator.Http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public static async Task<string> AwdPayTokenAsync(RunningSimulator simulator)
    {
        using var answer = await simulator.Http.PostAsJsonAsync("/awdpay/api/auth/token", new
        {
            apiKey = await simulator.CredentialAsync("awdpay-sim", "apiKey"),
            secretKey = await simulator.CredentialAsync("awdpay-sim", "secretKey"),
        });
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
    }

    public static async Task<HttpRequestMessage> ZoPayAsync(
        RunningSimulator simulator, string path, string sortedQuery, DateTimeOffset now, string? nonce = null, string? timestamp = null)
    {
        timestamp ??= now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        nonce ??= Guid.CreateVersion7(now).ToString();
        var origin = await simulator.CredentialAsync("zopay-sim", "origin");
        var secret = await simulator.CredentialAsync("zopay-sim", "secretKey");
        var request = WithHeader(sortedQuery.Length == 0 ? path : $"{path}?{sortedQuery}", "x-zo-key", await simulator.CredentialAsync("zopay-sim", "apiKey"));
        request.Headers.Add("x-zo-timestamp", timestamp);
        request.Headers.Add("x-zo-nonce", nonce);
        request.Headers.Add("x-zo-origin", origin);
        request.Headers.Add("x-zo-version", "1.0");
        request.Headers.Add("x-zo-signature", Convert.ToHexStringLower(HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"GET{path}{sortedQuery}{timestamp}{nonce}{origin}"))));
        return request;
    }

    public static HttpRequestMessage Bearer(string path, string token) => WithHeader(path, "Authorization", $"Bearer {token}");

    public static HttpRequestMessage WithHeader(string path, string name, string value)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add(name, value);
        return request;
    }
}
