using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Reconciler.Providers;

/// <summary>
/// How ZoPay wants a request signed (their authentication page, November 2026): lower-case hex HMAC-SHA256, key the secret as UTF-8, over
/// method, path, sorted query, body, timestamp, nonce and origin, with nothing between them.
/// </summary>
internal static class ZoPayRequestSignature
{
    private const string Version = "1.0";

    /// <summary>The six headers of one try of a request without a body. A nonce counts once: each try needs its own.</summary>
    /// <param name="prefix">Of the headers' names: <c>x-zo</c>, or <c>x-zito</c> by an older guide.</param>
    public static ImmutableArray<(string Name, string Value)> Headers(
        HttpMethod method, Uri url, ImmutableDictionary<string, Secret> credentials, string prefix, DateTimeOffset now, Guid nonce)
    {
        var timestamp = FormattableString.Invariant($"{now.ToUnixTimeSeconds()}");
        var origin = credentials[ZoPayProvider.OriginCredential].Value;
        var signed = $"{method.Method}{url.AbsolutePath}{SortedQuery(url)}{timestamp}{nonce:D}{origin}";
        var key = Encoding.UTF8.GetBytes(credentials[ZoPayProvider.SecretKeyCredential].Value);
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(signed)));
        return
        [
            ($"{prefix}-key", credentials[ZoPayProvider.ApiKeyCredential].Value),
            ($"{prefix}-timestamp", timestamp),
            ($"{prefix}-nonce", nonce.ToString("D")),
            ($"{prefix}-origin", origin),
            ($"{prefix}-version", Version),
            ($"{prefix}-signature", signature),
        ];
    }

    /// <summary><c>k=v</c> pairs as sent, joined by <c>&amp;</c>, in the order of their keys; empty without a query.</summary>
    private static string SortedQuery(Uri url) =>
        string.Join('&', url.Query.TrimStart('?').Split('&').OrderBy(pair => pair.Split('=')[0], StringComparer.Ordinal));
}
