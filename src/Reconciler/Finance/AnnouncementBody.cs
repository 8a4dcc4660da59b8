namespace Reconciler.Finance;

/// <summary>What <c>POST /v1/payouts</c> takes, as it is documented; <see cref="AnnouncementReader"/> reads it.</summary>
/// <param name="ProviderPayoutId">1 to 200 characters.</param>
/// <param name="Reference">The payout service's own reference, 1 to 200 characters.</param>
/// <param name="Amount">Decimal text, like 5000 or 5000.00; a JSON number is refused.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Recipient">The number in full. It is stored masked, with a keyed digest.</param>
/// <param name="InitiatedAt">When the payout was sent to the provider; RFC 3339.</param>
/// <param name="Metadata">At most 50 texts, kept and given back.</param>
public sealed record AnnouncementBody(
    string Connection,
    string ProviderPayoutId,
    string Reference,
    string Amount,
    string Currency,
    string? Recipient = null,
    DateTimeOffset? InitiatedAt = null,
    IReadOnlyDictionary<string, string>? Metadata = null);
