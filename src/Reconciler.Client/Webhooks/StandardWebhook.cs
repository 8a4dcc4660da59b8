using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Reconciler.Client;

/// <summary>
/// Verifies signed webhooks after the Standard Webhooks specification (standardwebhooks.com, symmetric signatures <c>v1</c>): HMAC-SHA256
/// over <c>id.timestamp.body</c>. Verify the raw bytes before you parse them, and answer 401 for every way to fail.
/// </summary>
public static class StandardWebhook
{
    /// <summary>What the specification proposes, into the past and into the future.</summary>
    public static readonly TimeSpan ToleranceDefault = TimeSpan.FromMinutes(5);

    private const string SecretPrefix = "whsec_";
    private const string SignaturePrefix = "v1,";
    private const int SignaturesMax = 32;

    /// <summary>Whether one of the secrets signed this very message, recently.</summary>
    /// <param name="secrets">As the subscription gave them, <c>whsec_…</c>; several while one is being replaced.</param>
    /// <param name="body">The bytes as they came, before any reading or decoding.</param>
    /// <param name="now">Of your own clock.</param>
    /// <param name="tolerance">How far the timestamp may lie from now; <see cref="ToleranceDefault"/> unless given.</param>
    /// <exception cref="FormatException">A secret is none: that is a fault in your configuration, not in the message.</exception>
    public static bool Verify(
        IEnumerable<string> secrets, StandardWebhookHeaders headers, ReadOnlySpan<byte> body, DateTimeOffset now, TimeSpan? tolerance = null) =>
        Verify(secrets, headers, body, now, tolerance ?? ToleranceDefault, out _);

    /// <inheritdoc cref="Verify(IEnumerable{string}, StandardWebhookHeaders, ReadOnlySpan{byte}, DateTimeOffset, TimeSpan?)"/>
    public static bool Verify(
        string secret, StandardWebhookHeaders headers, ReadOnlySpan<byte> body, DateTimeOffset now, TimeSpan? tolerance = null) =>
        Verify([secret], headers, body, now, tolerance);

    /// <param name="whyNot">For your log, never for the sender; null where it is verified.</param>
    /// <inheritdoc cref="Verify(IEnumerable{string}, StandardWebhookHeaders, ReadOnlySpan{byte}, DateTimeOffset, TimeSpan?)"/>
    public static bool Verify(
        IEnumerable<string> secrets, StandardWebhookHeaders headers, ReadOnlySpan<byte> body, DateTimeOffset now, TimeSpan tolerance, out string? whyNot)
    {
        // The secrets are read first: a wrong one is told even where the message is wrong, too.
        var keys = secrets.Select(Key).ToList();
        whyNot = null;
        if (string.IsNullOrEmpty(headers.Id) || string.IsNullOrEmpty(headers.Timestamp) || string.IsNullOrEmpty(headers.Signature))
            whyNot = "A header is missing: webhook-id, webhook-timestamp or webhook-signature.";
        else if (!long.TryParse(headers.Timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            whyNot = "webhook-timestamp is no number of seconds.";
        else if (Distance(seconds, now) > tolerance.Ticks / (decimal)TimeSpan.TicksPerSecond)
            whyNot = "webhook-timestamp lies too far from now: it is a replay, or a clock is wrong.";
        else if (!IsSigned(keys, headers, body))
            whyNot = "No signature fits a secret.";
        return whyNot is null;
    }

    private static bool IsSigned(List<byte[]> keys, StandardWebhookHeaders headers, ReadOnlySpan<byte> body)
    {
        byte[] message = [.. Encoding.UTF8.GetBytes($"{headers.Id}.{headers.Timestamp}."), .. body];
        var given = headers.Signature!.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Where(signature => signature.StartsWith(SignaturePrefix, StringComparison.Ordinal)).Take(SignaturesMax).Select(Bytes).ToList();
        var fits = false;
        // Each pair is compared, in constant time: how long it takes tells nothing about which fitted.
        foreach (var key in keys)
        {
            var right = HMACSHA256.HashData(key, message);
            foreach (var signature in given) fits |= CryptographicOperations.FixedTimeEquals(right, signature);
        }

        return fits;
    }

    private static byte[] Key(string secret)
    {
        var text = secret.StartsWith(SecretPrefix, StringComparison.Ordinal) ? secret[SecretPrefix.Length..] : secret;
        var key = new byte[text.Length];
        return text.Length > 0 && Convert.TryFromBase64String(text, key, out var length) && length > 0
            ? key[..length]
            : throw new FormatException("A webhook secret is whsec_ and base64.");
    }

    private static byte[] Bytes(string signature)
    {
        var bytes = new byte[signature.Length];
        return Convert.TryFromBase64String(signature[SignaturePrefix.Length..], bytes, out var length) ? bytes[..length] : [];
    }

    // As decimals: a hostile timestamp must not overflow.
    private static decimal Distance(long seconds, DateTimeOffset now) => Math.Abs((decimal)seconds - now.ToUnixTimeSeconds());
}

/// <summary>The three headers of a signed webhook; null where one is missing.</summary>
/// <param name="Id"><c>webhook-id</c>: the same each time that the same message is sent. Take each only once.</param>
/// <param name="Timestamp"><c>webhook-timestamp</c>: seconds since 1970.</param>
/// <param name="Signature"><c>webhook-signature</c>: one or more, like <c>v1,base64</c>.</param>
public readonly record struct StandardWebhookHeaders(string? Id, string? Timestamp, string? Signature)
{
    /// <summary>From whatever holds headers: <c>StandardWebhookHeaders.From(name => request.Headers[name])</c>.</summary>
    public static StandardWebhookHeaders From(Func<string, string?> header) =>
        new(header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"));
}
