using System.Security.Cryptography;

namespace Reconciler.Providers;

/// <summary>The <c>Content-Digest</c> header (RFC 9530) held against the raw body.</summary>
internal static class ContentDigest
{
    private const int DigestsMax = 8;

    /// <summary>
    /// Null when every digest that we know (SHA-512, SHA-256) matches, and there is one at least. Every, since a sender that contradicts
    /// itself was altered on the way, whichever of the two somebody forgot to recompute.
    /// </summary>
    public static RefusalReason? Check(Delivery delivery)
    {
        if (!delivery.Headers.ContainsKey("content-digest")) return RefusalReason.MissingHeader;
        if (SignatureBase.Field(delivery, "content-digest") is not { } header || !TryByteDictionary(header, DigestsMax, out var digests))
            return RefusalReason.MalformedHeader;

        var body = delivery.Body.Span;
        var known = 0;
        foreach (var (algorithm, given) in digests)
        {
            var expected = algorithm switch
            {
                "sha-512" => SHA512.HashData(body),
                "sha-256" => SHA256.HashData(body),
                _ => null,
            };
            if (expected is null) continue;
            if (!CryptographicOperations.FixedTimeEquals(expected, given)) return RefusalReason.AlteredBody;
            known++;
        }

        return known > 0 ? null : RefusalReason.MalformedHeader;
    }

    /// <summary>Reads <c>key=:base64:, key=:base64:</c>, as the <c>Signature</c> header is written too.</summary>
    public static bool TryByteDictionary(string header, int membersMax, out Dictionary<string, byte[]> members)
    {
        members = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var reader = new StructuredFieldReader(header.AsSpan().Trim(' '));
        do
        {
            if (!reader.TryKey(out var key) || !reader.Take('=') || !reader.TryBytes(out var bytes)) return false;
            if (members.Count == membersMax || !members.TryAdd(key, bytes)) return false;
        }
        while (reader.TakeComma());
        return reader.AtEnd;
    }
}
