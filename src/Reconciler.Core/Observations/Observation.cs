namespace Reconciler.Core;

/// <summary>What one piece of evidence says of its payout, in our words. A storage shape: pinned by golden files.</summary>
/// <param name="Status">The claim.</param>
/// <param name="Word">The provider's own word for it.</param>
/// <param name="Amount">The gross amount, or null where the evidence names none.</param>
/// <param name="Recipient">Masked, never in full.</param>
/// <param name="OccurredAt">When the provider says that it happened.</param>
public sealed record Observation(
    ObservedStatus Status,
    string Word,
    Money? Amount,
    Recipient? Recipient,
    string? Reference,
    string? ProviderReference,
    Failure? Failure,
    DateTimeOffset? OccurredAt);

/// <summary>A recipient that can be shown and compared without being known.</summary>
/// <param name="Masked">Like <c>+221•••••4567</c>.</param>
/// <param name="Digest">Keyed digest of the number's digits: equal for equal numbers, whatever their spelling.</param>
public sealed record Recipient(string Masked, string Digest);
