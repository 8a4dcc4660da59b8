using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Reconciler.Providers;

namespace Reconciler.Ledger.Subscriptions;

/// <summary>
/// Signs by Standard Webhooks: HMAC-SHA256 over <c>id.timestamp.body</c>, in base64 behind <c>v1,</c>, one signature for each live secret.
/// Source: https://www.standardwebhooks.com, its specification, read November 2026.
/// </summary>
internal static class StandardWebhook
{
    internal const string IdHeader = "webhook-id";
    internal const string TimestampHeader = "webhook-timestamp";
    internal const string SignatureHeader = "webhook-signature";

    internal const string SecretPrefix = "whsec_";
    internal const int SecretBytesMin = 24;
    internal const int SecretBytesMax = 64;
    private const int GeneratedSecretBytes = 32;

    internal static Secret NewSecret() => new(SecretPrefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(GeneratedSecretBytes)));

    /// <summary>The bytes of a secret; null where it is none: <c>whsec_</c> and base64 of 24 to 64 bytes.</summary>
    internal static byte[]? KeyOf(Secret secret)
    {
        if (!secret.Value.StartsWith(SecretPrefix, StringComparison.Ordinal)) return null;
        var text = secret.Value.AsSpan(SecretPrefix.Length);
        // One byte more than allowed, to see that it is too long.
        Span<byte> key = stackalloc byte[SecretBytesMax + 1];
        return Convert.TryFromBase64Chars(text, key, out var length) && length is >= SecretBytesMin and <= SecretBytesMax
            ? key[..length].ToArray()
            : null;
    }

    /// <summary>Adds the three headers to a request whose body is <paramref name="body"/>.</summary>
    /// <param name="id">The same for every attempt at one message; without a full stop.</param>
    internal static void Sign(HttpRequestHeaders headers, string id, DateTimeOffset now, ReadOnlySpan<byte> body, IEnumerable<byte[]> keys)
    {
        var timestamp = now.ToUnixTimeSeconds();
        headers.Add(IdHeader, id);
        headers.Add(TimestampHeader, timestamp.ToString(CultureInfo.InvariantCulture));
        var signatures = new List<string>();
        foreach (var key in keys) signatures.Add(Signature(key, id, timestamp, body));
        headers.Add(SignatureHeader, string.Join(' ', signatures));
    }

    internal static string Signature(byte[] key, string id, long timestampSeconds, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestampSeconds}.")));
        hmac.AppendData(body);
        return $"v1,{Convert.ToBase64String(hmac.GetHashAndReset())}";
    }
}
