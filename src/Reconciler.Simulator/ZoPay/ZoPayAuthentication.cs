using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Reconciler.Simulator.Connections;
using Reconciler.Simulator.Polls;

namespace Reconciler.Simulator.ZoPay;

/// <summary>Checks the six signed headers of a ZoPay request.</summary>
public sealed class ZoPayAuthentication(ZoPayNonces nonces, TimeProvider clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    /// <summary>What is wrong with the request, in the words of the documentation; null where nothing is.</summary>
    public string? Objection(HttpContext http, SimConnection connection)
    {
        var key = Header(http, "x-zo-key");
        var timestamp = Header(http, "x-zo-timestamp");
        var nonce = Header(http, "x-zo-nonce");
        var origin = Header(http, "x-zo-origin");
        var signature = Header(http, "x-zo-signature");
        if (key is null || timestamp is null || nonce is null || origin is null || signature is null || Header(http, "x-zo-version") != "1.0")
        {
            return "Missing authentication headers";
        }

        if (!Credentials.Matches(key, connection.Credentials["apiKey"]) || origin != connection.Credentials["origin"])
        {
            return "Invalid API key";
        }

        // Unix seconds here, though webhooks carry milliseconds: milliseconds lie thousands of years off and are too far away.
        var now = clock.GetUtcNow();
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds < (now - Window).ToUnixTimeSeconds() || seconds > (now + Window).ToUnixTimeSeconds())
        {
            return "Request too old";
        }

        // No separators; the path as received, without the query; the body is empty for a GET.
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.Split('?', 2)[0];
        var text = $"{http.Request.Method}{path}{SortedQuery(target)}{timestamp}{nonce}{origin}";
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(connection.Credentials["secretKey"]), Encoding.UTF8.GetBytes(text)));
        if (!Credentials.Matches(signature, expected))
        {
            return "Invalid signature";
        }

        return !Guid.TryParseExact(nonce, "D", out var id) ? "Invalid nonce" : nonces.TryUse(id, now) ? null : "Nonce already used";
    }

    private static string SortedQuery(string target)
    {
        var at = target.IndexOf('?', StringComparison.Ordinal);
        return at < 0 ? "" : string.Join('&', target[(at + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    private static string? Header(HttpContext http, string name)
    {
        var values = http.Request.Headers[name];
        return values.Count == 1 ? values[0] : null;
    }
}
