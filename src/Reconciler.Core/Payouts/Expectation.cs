using System.Collections.Immutable;

namespace Reconciler.Core;

/// <summary>What our side says a payout should be. A storage shape.</summary>
/// <param name="Reference">The payout service's own reference: 1 to 200 characters.</param>
/// <param name="Amount">What was ordered, gross.</param>
/// <param name="Recipient">Masked; null where the payout service did not say.</param>
/// <param name="InitiatedAt">When the payout was sent to the provider; null where not said.</param>
/// <param name="Metadata">The payout service's own words about it, in clear: in announcements from before they were sealed.</param>
/// <param name="SealedMetadata">The same, sealed under a key of the payout's, in base64. This record can neither open nor compare them.</param>
public sealed record Expectation(
    string Reference,
    Money Amount,
    Recipient? Recipient,
    DateTimeOffset? InitiatedAt,
    ImmutableSortedDictionary<string, string>? Metadata,
    string? SealedMetadata = null)
{
    // As it is stored: the same announcement made again must not differ from its own stored form.
    public DateTimeOffset? InitiatedAt { get; init; } = InitiatedAt?.ToMicrosecond();

    /// <summary>Whether another announcement says the same, but for what is sealed: what makes a repeated registration harmless.</summary>
    public bool SaysTheSameAs(Expectation other) =>
        Reference == other.Reference
        && Amount == other.Amount
        && Recipient?.Digest == other.Recipient?.Digest
        && InitiatedAt == other.InitiatedAt
        && Entries(Metadata).SequenceEqual(Entries(other.Metadata));

    private static ImmutableSortedDictionary<string, string> Entries(ImmutableSortedDictionary<string, string>? metadata) =>
        metadata ?? ImmutableSortedDictionary<string, string>.Empty;
}
