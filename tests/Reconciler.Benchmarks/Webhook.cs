using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Reconciler.Benchmarks;

/// <summary>
/// Distinct signed webhooks: some thousand payouts at a time get their pending, then their processing, then their success, then the
/// next ones do; so each third of the load is one of the three words. After all of them each is still another body, but moves nothing.
/// </summary>
internal static class Webhook
{
    internal const string Connection = "zayono-bench";
    internal const string SignatureHeader = "X-Zayono-Signature";
    internal static readonly byte[] Secret = "a-secret-of-the-benchmark-that-is-nobody-else's"u8.ToArray();

    /// <summary>How many payouts are on their way at a time: at ten thousand deliveries a second their words come a second apart.</summary>
    private const int OnTheirWay = 10_000;

    private static readonly (string Event, string Status)[] Steps =
        [("payout.initialized", "pending"), ("payout.initialized", "processing"), ("payout.successful", "success")];

    internal static string PayoutId(long number) => string.Create(CultureInfo.InvariantCulture, $"b2c3d4e5-f6a7-4901-bcde-{number:x12}");

    /// <summary>Which webhook is the first word about a payout.</summary>
    internal static long FirstAbout(long payout) => payout / OnTheirWay * OnTheirWay * Steps.Length + payout % OnTheirWay;

    /// <summary>Writes a whole HTTP/1.1 request, and returns its length.</summary>
    internal static int Write(long k, long payouts, string path, byte[] into)
    {
        var (happened, status) = k < payouts * Steps.Length ? Steps[k / OnTheirWay % Steps.Length] : Steps[^1];
        var payout = k < payouts * Steps.Length ? (k / (OnTheirWay * Steps.Length) * OnTheirWay + k % OnTheirWay) % payouts : k % payouts;
        var body = string.Create(CultureInfo.InvariantCulture, $$"""
            {"event":"{{happened}}","data":{"id":"{{PayoutId(payout)}}","type":"payout","status":"{{status}}","amount":25000,"amount_charged":25250,"fee_percent":1,"currency":"XOF","operator":"mtn_bj","country":"BJ","aggregator_code":"agg-7","environment":"live","customer":{"id":"c3d4e5f6-a7b8-9012-cdef-345678901234","email":"marie.koffi@example.com","phone":"+22990123456"},"metadata":{"employee_id":"EMP-042"},"failure_reason":null,"processed_at":"2026-11-21T14:01:00+00:00","created_at":"2026-11-21T14:00:00+00:00"},"sent_at":"2026-11-21T14:01:01.{{k:D9}}+00:00"}
            """);
        Span<byte> mac = stackalloc byte[32];
        var bodyBytes = Encoding.UTF8.GetBytes(body);
        HMACSHA256.HashData(Secret, bodyBytes, mac);
        var head = $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{SignatureHeader}: sha256={Convert.ToHexStringLower(mac)}\r\n" +
            $"X-Zayono-Event: {happened}\r\nX-Zayono-Delivery-Id: d-{k}\r\nContent-Length: {bodyBytes.Length}\r\n\r\n";
        var length = Encoding.ASCII.GetBytes(head, into);
        bodyBytes.CopyTo(into, length);
        return length + bodyBytes.Length;
    }
}
