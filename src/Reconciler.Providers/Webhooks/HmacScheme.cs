using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Reconciler.Core;

namespace Reconciler.Providers;

/// <summary>
/// The one HMAC-SHA256 scheme that four of the five providers configure: header names, what is signed, how the time is written.
/// Works on the raw bytes, before anything parses them, in constant time; the algorithm is ours, never the message's.
/// </summary>
/// <remarks>Safe for concurrent use. Secrets are used as the UTF-8 bytes of their text, as all four document.</remarks>
internal sealed class HmacScheme
{
    private const string Prefix = "sha256=";
    private const int MacBytes = KeyedHash.Bytes;
    private const int MacHexDigits = MacBytes * 2;

    private readonly WebhookSettings settings;
    private readonly TimeForms timestampForms;
    private readonly TimeSpan tolerance;
    private readonly ImmutableArray<(WebhookSecret Secret, Verdict.Verified Verdict, KeyedHash Key)> keys;

    /// <param name="settings">The connection's: headers in order (first present wins), secrets (each is tried), accepted contents, tolerance.</param>
    /// <param name="timestampForms">How this provider writes its timestamp header; <see cref="TimeForms.None"/> where it sends none.</param>
    public HmacScheme(WebhookSettings settings, TimeForms timestampForms)
    {
        this.settings = settings;
        this.timestampForms = timestampForms;
        tolerance = TimeSpan.FromSeconds(settings.ToleranceSeconds);
        keys = [.. settings.Secrets.Select(secret => (secret, new Verdict.Verified(secret.Id), new KeyedHash(Encoding.UTF8.GetBytes(secret.Secret.Value))))];
    }

    /// <summary>Verifies one delivery. Never throws, whatever the headers hold.</summary>
    /// <returns>
    /// <see cref="Verdict.Verified"/> by the first secret that matches; <see cref="Verdict.Unverifiable"/> without secrets; otherwise
    /// refused. <see cref="RefusalReason.Stale"/> means that the signature was right and only too old or too new, so that counting it
    /// tells a skewed clock or a late retry from a forgery; <see cref="RefusalReason.InactiveSecret"/> tells a rotation out of step from both.
    /// </returns>
    public Verdict Verify(Delivery delivery)
    {
        if (keys.IsEmpty) return new Verdict.Unverifiable();
        if (First(delivery, settings.SignatureHeaders) is not { } signature) return new Verdict.Refused(RefusalReason.MissingHeader);
        Span<byte> given = stackalloc byte[MacBytes];
        if (!TryDecode(signature, given)) return new Verdict.Refused(RefusalReason.MalformedHeader);

        var reason = RefusalReason.MissingHeader;
        foreach (var content in settings.SignedContents)
        {
            var verdict = content == SignedContent.Body ? VerifyBody(delivery, given) : VerifyStamped(delivery, given);
            if (verdict is not Verdict.Refused refused) return verdict;
            if (refused.Reason > reason) reason = refused.Reason;
        }

        return new Verdict.Refused(reason);
    }

    /// <summary>The sender's own id of the delivery: not covered by any of these signatures, a hint only.</summary>
    public string? DeliveryId(Delivery delivery) => First(delivery, settings.DeliveryIdHeaders);

    /// <summary>What a sender with the newest live secret would put into the headers; null where no secret is live.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Sign(ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        var live = keys.Where(one => one.Secret.IsLive(now)).ToList();
        if (live.Count == 0) return null;
        if (settings.SignedContents.Contains(SignedContent.Body))
            return [new(settings.SignatureHeaders[0], Prefix + Convert.ToHexStringLower(live[^1].Key.Of(body.Span)))];
        var timestamp = timestampForms.HasFlag(TimeForms.UnixMilliseconds) ? now.ToUnixTimeMilliseconds() : now.ToUnixTimeSeconds();
        var stamp = timestamp.ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{stamp}."), .. body.Span];
        return
        [
            new(settings.TimestampHeaders[0], stamp),
            new(settings.SignatureHeaders[0], Convert.ToHexStringLower(live[^1].Key.Of(signed))),
        ];
    }

    private Verdict VerifyBody(Delivery delivery, ReadOnlySpan<byte> given) => Match(delivery.Body.Span, given, delivery.ReceivedAt);

    private Verdict VerifyStamped(Delivery delivery, ReadOnlySpan<byte> given)
    {
        if (First(delivery, settings.TimestampHeaders) is not { } timestamp) return new Verdict.Refused(RefusalReason.MissingHeader);
        if (!WireTime.TryParse(timestamp, timestampForms, out var sentAt)) return new Verdict.Refused(RefusalReason.MalformedHeader);

        // A readable timestamp is ASCII: one byte a character.
        var length = timestamp.Length + 1 + delivery.Body.Length;
        var signed = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Encoding.ASCII.GetBytes(timestamp, signed);
            signed[timestamp.Length] = (byte)'.';
            delivery.Body.Span.CopyTo(signed.AsSpan(timestamp.Length + 1));
            var verdict = Match(signed.AsSpan(0, length), given, delivery.ReceivedAt);
            return verdict is not Verdict.Verified || (delivery.ReceivedAt - sentAt).Duration() <= tolerance
                ? verdict
                : new Verdict.Refused(RefusalReason.Stale);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(signed);
        }
    }

    private Verdict Match(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> given, DateTimeOffset at)
    {
        Span<byte> expected = stackalloc byte[MacBytes];
        var reason = RefusalReason.WrongSignature;
        foreach (var (secret, verdict, key) in keys)
        {
            key.Of(signed, expected);
            if (!CryptographicOperations.FixedTimeEquals(expected, given)) continue;
            if (secret.IsLive(at)) return verdict;
            reason = RefusalReason.InactiveSecret;
        }

        return new Verdict.Refused(reason);
    }

    // Lower-case hex is documented and either case is read; the prefix is Zayono's and ZoPay's, and tells nothing.
    private static bool TryDecode(string signature, Span<byte> mac)
    {
        var hex = signature.AsSpan().Trim();
        if (hex.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) hex = hex[Prefix.Length..];
        return hex.Length == MacHexDigits && Convert.FromHexString(hex, mac, out _, out _) == OperationStatus.Done;
    }

    private static string? First(Delivery delivery, ImmutableArray<string> names)
    {
        foreach (var name in names)
            if (delivery.Header(name) is { Length: > 0 } value) return value;
        return null;
    }
}
