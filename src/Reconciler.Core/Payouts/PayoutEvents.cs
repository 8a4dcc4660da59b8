using System.Collections.Immutable;

namespace Reconciler.Core;

// These are storage shapes: golden files pin them, and a stream written today must be read in ten years.

/// <summary>Something that happened to one payout.</summary>
/// <param name="Payout">Its id, which is its stream's id.</param>
/// <param name="ObservedAt">When we heard, decided or announced it; UTC, to the microsecond.</param>
public abstract record PayoutEvent(PayoutId Payout, DateTimeOffset ObservedAt)
{
    public DateTimeOffset ObservedAt { get; init; } = ObservedAt.ToMicrosecond();
}

/// <summary>Our side announced a payout.</summary>
public sealed record PayoutExpected(PayoutId Payout, DateTimeOffset ObservedAt, Expectation Expectation) : PayoutEvent(Payout, ObservedAt);

/// <summary>A provider's webhook sender said something of the payout.</summary>
/// <param name="Digest">Of the kept body.</param>
/// <param name="Verified">Whether a secret or key of the connection signed it. Not verified: a nudge, which never counts.</param>
/// <param name="VerifiedBy">The id of the secret or key that did; null for a nudge.</param>
/// <param name="DeliveryId">The sender's own id of the delivery, where it gives one: a hint, not signed.</param>
/// <param name="VerifyFinal">The connection's policy when we heard it. A part of the evidence, so that a later change of policy
/// cannot take a final status back.</param>
public sealed record WebhookReceived(
    PayoutId Payout,
    DateTimeOffset ObservedAt,
    EvidenceDigest Digest,
    Observation Observation,
    bool Verified,
    string? VerifiedBy,
    string? DeliveryId,
    VerifyFinal VerifyFinal) : PayoutEvent(Payout, ObservedAt);

/// <summary>The provider answered our own status request.</summary>
/// <param name="Digest">Of the kept body; identical bytes are kept once, each answer is an event of its own.</param>
/// <param name="HttpStatus">100 to 599.</param>
/// <param name="Observation">Null where the answer was not about this payout or could not be read: then <paramref name="Problem"/> says why.</param>
/// <param name="PastGrace">Whether it came after the time within which a provider may not know the payout yet.</param>
public sealed record PollAnswered(
    PayoutId Payout,
    DateTimeOffset ObservedAt,
    EvidenceDigest Digest,
    int HttpStatus,
    Observation? Observation,
    string? Problem,
    bool PastGrace) : PayoutEvent(Payout, ObservedAt);

/// <summary>The derived status moved. Appended right after the evidence that moved it, in the same transaction.</summary>
/// <param name="From">Null where there was none before.</param>
/// <param name="StatusVersion">1, 2, 3… per payout.</param>
/// <param name="Evidence">Digests of the evidence that decided; empty where no evidence did.</param>
/// <param name="OccurredAt">When the provider says that it happened, else when we observed it.</param>
public sealed record PayoutStatusChanged(
    PayoutId Payout,
    DateTimeOffset ObservedAt,
    PayoutStatus? From,
    PayoutStatus To,
    Confidence Confidence,
    DerivationRule Rule,
    long StatusVersion,
    ImmutableArray<EvidenceDigest> Evidence,
    Failure? Failure,
    DateTimeOffset OccurredAt) : PayoutEvent(Payout, ObservedAt);

/// <summary>A disagreement that a person should see was found.</summary>
/// <param name="Discrepancy">Its id.</param>
/// <param name="Evidence">Digests of the evidence that shows it.</param>
/// <param name="Detail">What disagrees, in words, without personal data.</param>
public sealed record DiscrepancyOpened(
    PayoutId Payout,
    DateTimeOffset ObservedAt,
    Guid Discrepancy,
    DiscrepancyKind Kind,
    ImmutableArray<EvidenceDigest> Evidence,
    string Detail) : PayoutEvent(Payout, ObservedAt);

/// <summary>The disagreement is no more: later words settled it, or people did.</summary>
/// <param name="Resolution">What two people decided, where that closed it; null where it closed by itself.</param>
public sealed record DiscrepancyClosed(
    PayoutId Payout,
    DateTimeOffset ObservedAt,
    Guid Discrepancy,
    DiscrepancyKind Kind,
    string Reason,
    Guid? Resolution = null) : PayoutEvent(Payout, ObservedAt);

/// <summary>A person proposed what the payout's outcome is, or that a disagreement be accepted as it is.</summary>
/// <param name="Resolution">The proposal's id, which approval and rejection name.</param>
/// <param name="Outcome">A final status; null: the disagreement is accepted, and the status stays what the rules say.</param>
/// <param name="By">Who, by the id of the key or user.</param>
/// <param name="Discrepancy">The case that it is about.</param>
/// <param name="ExpiresAt">From when on nobody can decide on it any more.</param>
public sealed record ResolutionProposed(
    PayoutId Payout,
    DateTimeOffset ObservedAt,
    Guid Resolution,
    PayoutStatus? Outcome,
    string Note,
    string By,
    Guid? Discrepancy = null,
    DateTimeOffset? ExpiresAt = null) : PayoutEvent(Payout, ObservedAt)
{
    public DateTimeOffset? ExpiresAt { get; init; } = ExpiresAt?.ToMicrosecond();
}

/// <summary>A second person approved it: from now on the outcome is the status, or the disagreement is accepted.</summary>
/// <param name="Outcome">As it was proposed.</param>
/// <param name="Settles">The evidence that the two had before them, by the kind of disagreement that it showed.</param>
/// <param name="Seen">With an outcome: every final that the provider had claimed by then. Any other that differs came after.</param>
/// <param name="Note">The second person's own words; null where they had none.</param>
public sealed record ResolutionApproved(
    PayoutId Payout,
    DateTimeOffset ObservedAt,
    Guid Resolution,
    PayoutStatus? Outcome,
    string By,
    ImmutableArray<SettledDiscrepancy> Settles,
    ImmutableArray<SeenFinal>? Seen = null,
    string? Note = null) : PayoutEvent(Payout, ObservedAt);

public sealed record SettledDiscrepancy(DiscrepancyKind Kind, ImmutableArray<EvidenceDigest> Evidence);

/// <summary>A final that one kind of source had claimed.</summary>
public sealed record SeenFinal(ClaimSource Source, PayoutStatus Status);

/// <summary>A second person refused it.</summary>
public sealed record ResolutionRejected(
    PayoutId Payout,
    DateTimeOffset ObservedAt,
    Guid Resolution,
    string Note,
    string By) : PayoutEvent(Payout, ObservedAt);
