using System.Collections.Immutable;
using System.Text.Json;
using Reconciler.Core;

namespace Reconciler.Finance.Cases;

/// <summary>What stands beside the bytes of one piece of evidence.</summary>
/// <param name="File">That holds the bytes as they came; null where they are no longer kept, or do not open.</param>
/// <param name="Digest">SHA-256 of the bytes, when they came.</param>
/// <param name="Intact">Whether the bytes that are kept still have that digest.</param>
/// <param name="Deliveries">How often they came with a signature of the provider's.</param>
/// <param name="Nudges">How often they came without one that could be checked.</param>
/// <param name="Answers">How often they came as the answer to our own request.</param>
/// <param name="Headers">Of the delivery, without credentials.</param>
/// <param name="Said">What they say, in our words.</param>
/// <param name="ErasedAt">When the bytes were erased, with all that was personal of the payout; null where they were not.</param>
/// <param name="Events">The numbers of the events that they made.</param>
public sealed record DossierEvidence(
    string? File,
    EvidenceDigest Digest,
    bool Intact,
    EvidenceVerdict? Verdict,
    string? VerifiedBy,
    string? DeliveryId,
    int Deliveries,
    int Nudges,
    int Answers,
    DateTimeOffset? ReceivedAt,
    DateTimeOffset? LastSeenAt,
    int? HttpStatus,
    string? ContentType,
    JsonElement? Headers,
    SaidInEvidence? Said,
    string? Problem,
    int Bytes,
    DateTimeOffset? ErasedAt,
    ImmutableArray<long> Events)
{
    internal static DossierEvidence Of(KeptEvidence? kept, EvidenceSide side, ImmutableArray<long> events, string file) => kept is null
        ? new DossierEvidence(null, side.Digest, false, null, side.VerifiedBy, side.DeliveryId, 0, 0, 0, null, null, side.HttpStatus, null, null, side.Said, side.Problem, 0, null, events)
        : new DossierEvidence(
            kept.Body is null ? null : file, side.Digest, kept.Body is { } body && EvidenceDigest.Of(body) == side.Digest, GetEvidence.VerdictOf(kept),
            kept.VerifiedBy, kept.DeliveryId, kept.Deliveries, kept.Nudges, kept.Answers, kept.ReceivedAt, kept.LastSeenAt, kept.HttpStatus, kept.ContentType,
            kept.HeadersJson is { } headers ? JsonElement.Parse(headers) : null, side.Said, side.Problem ?? kept.Unreadable, kept.Body?.Length ?? 0,
            kept.ErasedAt, events);
}
