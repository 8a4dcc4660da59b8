using System.Text;
using System.Text.Json;
using Npgsql;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Finance;

/// <summary>Kept bytes: described as JSON, or as they are.</summary>
internal static class GetEvidence
{
    internal const string Bytes = "application/octet-stream";
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    internal static async Task<IResult> HandleAsync(
        string connection, string id, string digest, HttpContext context, NpgsqlDataSource database, Installation installation,
        CancellationToken cancellation)
    {
        if (PayoutPaths.IdOf(connection, id) is not { } payout
            || !EvidenceDigest.TryParse(digest, out var wanted)
            || await KeptEvidence.FindAsync(database, installation, payout, wanted, cancellation) is not { } kept)
            return new Problem(ProblemKind.EvidenceUnknown, "This payout has no evidence with that digest.");
        return Answer(kept, payout.StreamId, context);
    }

    /// <summary>The same of a delivery that nothing could be read from.</summary>
    internal static async Task<IResult> OfUnreadableAsync(
        string key, string digest, HttpContext context, NpgsqlDataSource database, Installation installation, CancellationToken cancellation)
    {
        if (!ConnectionKey.TryParse(key, out var connection)
            || !EvidenceDigest.TryParse(digest, out var wanted)
            || await KeptEvidence.FindUnreadableAsync(database, installation, connection, wanted, cancellation) is not { } kept)
            return new Problem(ProblemKind.EvidenceUnknown, "This connection has no unreadable delivery with that digest.");
        return Answer(kept, payout: null, context);
    }

    private static IResult Answer(KeptEvidence kept, string? payout, HttpContext context)
    {
        if (kept.ErasedAt is { } at) return new Problem(ProblemKind.EvidenceErased, $"The bytes were erased at {InstantConverter.Text(at)}. Their digest is left.");
        if (kept.Body is not { } body) return new Problem(ProblemKind.EvidenceDamaged, "The kept bytes do not open: they are not what was sealed.");
        context.Response.Headers.Vary = "Accept";
        if (!Accepts.Prefers(context.Request, Bytes)) return TypedResults.Ok(Answer(kept, body, payout));

        // Bytes of a stranger's: a browser must neither guess what they are nor run them.
        context.Response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        return TypedResults.Bytes(body, Bytes, $"{kept.Digest}.bin");
    }

    private static EvidenceAnswer Answer(KeptEvidence kept, byte[] body, string? payout) => new(
        kept.Digest,
        payout,
        VerdictOf(kept),
        kept.VerifiedBy,
        kept.DeliveryId,
        kept.Deliveries,
        kept.Nudges,
        kept.Answers,
        kept.ReceivedAt,
        kept.LastSeenAt,
        kept.HttpStatus,
        kept.ContentType,
        kept.HeadersJson is { } headers ? JsonElement.Parse(headers) : null,
        kept.Unreadable,
        body.Length,
        Convert.ToBase64String(body),
        Text(body));

    /// <summary>The best of the ways in which the bytes came.</summary>
    internal static EvidenceVerdict VerdictOf(KeptEvidence kept) =>
        kept switch { { Deliveries: > 0 } => EvidenceVerdict.Verified, { Answers: > 0 } => EvidenceVerdict.Answer, _ => EvidenceVerdict.Nudge };

    private static string? Text(byte[] body)
    {
        try
        {
            return Strict.GetString(body);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}

/// <summary>How kept bytes came to us.</summary>
public enum EvidenceVerdict
{
    /// <summary>A delivery that a secret or key of the connection signed.</summary>
    Verified,

    /// <summary>The provider's answer to our own request.</summary>
    Answer,

    /// <summary>A delivery that nobody could check: it counts for nothing but a poll.</summary>
    Nudge,
}

/// <summary>One piece of evidence.</summary>
/// <param name="Digest">SHA-256 of the bytes.</param>
/// <param name="Payout">The payout it is about; null where nothing could be read from it.</param>
/// <param name="Verdict">The best of the ways in which the bytes came; the counters tell of all.</param>
/// <param name="VerifiedBy">The id of the secret or key that signed it.</param>
/// <param name="DeliveryId">The sender's own id of the delivery: a hint, not signed.</param>
/// <param name="Headers">Of the delivery, without credentials.</param>
/// <param name="Unreadable">Why nothing could be read from it, where nothing could.</param>
/// <param name="Base64">The bytes.</param>
/// <param name="Text">The bytes as text, where they are UTF-8.</param>
public sealed record EvidenceAnswer(
    EvidenceDigest Digest,
    string? Payout,
    EvidenceVerdict Verdict,
    string? VerifiedBy,
    string? DeliveryId,
    int Deliveries,
    int Nudges,
    int Answers,
    DateTimeOffset ReceivedAt,
    DateTimeOffset LastSeenAt,
    int? HttpStatus,
    string? ContentType,
    JsonElement? Headers,
    string? Unreadable,
    int Bytes,
    string Base64,
    string? Text);
