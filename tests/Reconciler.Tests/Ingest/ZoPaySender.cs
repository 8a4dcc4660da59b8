using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Reconciler.Tests.Ingest;

/// <summary>Sends deliveries as ZoPay documents them, signed unless told otherwise; shares no code with the adapter.</summary>
internal static class ZoPaySender
{
    public const string Connection = "zopay-test";
    public const string Open = "zopay-open";
    private const string Secret = "whsec_test";

    /// <summary>One connection that verifies, and one without secrets, which takes nudges only. Neither polls of itself during a test.</summary>
    /// <param name="api">Where the provider's status API is; a closed port unless given.</param>
    public static string Connections(string api = "http://127.0.0.1:9") => $$$"""
        {"connections": {
            "{{{Connection}}}": {"provider": "zopay", "environment": "sandbox",
                "api": {"baseUrl": "{{{api}}}", "credentials": {"apiKey": "key", "secretKey": "secret", "origin": "https://example.com"}},
                "webhook": {"secrets": [{"id": "2026-11", "secret": "{{{Secret}}}"}]},
                "polling": {"silence": ["6h"], "verifyFinal": "never"}},
            "{{{Open}}}": {"provider": "zopay", "environment": "sandbox",
                "api": {"baseUrl": "{{{api}}}", "credentials": {"apiKey": "key", "secretKey": "secret", "origin": "https://example.com"}},
                "polling": {"silence": ["6h"]}}
        }}
        """;

    public static byte[] Body(string payout, string status = "SUCCESS", string amount = "5000") => Encoding.UTF8.GetBytes($$$"""
        {"event":"payout.updated","timestamp":"2026-11-21T10:00:00Z","data":{"payout_id":"{{{payout}}}","amount":"{{{amount}}}","currency":"XOF","recipient_msisdn":"221771234567","status":"{{{status}}}"}}
        """);

    public static HttpRequestMessage Signed(byte[] body, string connection = Connection, string secret = Secret)
    {
        var timestamp = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        byte[] content = [.. Encoding.ASCII.GetBytes(timestamp + "."), .. body];
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), content);
        var request = Unsigned(body, connection);
        request.Headers.Add("X-Zo-Timestamp", timestamp);
        request.Headers.Add("X-Zo-Signature", Convert.ToHexStringLower(mac));
        return request;
    }

    public static HttpRequestMessage Unsigned(byte[] body, string connection = Connection)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"webhooks/{connection}") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return request;
    }
}
