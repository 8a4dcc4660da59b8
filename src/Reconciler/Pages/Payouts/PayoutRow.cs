using System.Collections.Immutable;
using Reconciler.Core;
using Reconciler.Finance;

namespace Reconciler.Pages.Payouts;

/// <summary>A payout in a list: as it stands, or as it was known at a time, when some of it was told to nobody.</summary>
public sealed record PayoutRow(
    string Id,
    string ProviderPayoutId,
    ConnectionKey Connection,
    string? Reference,
    PayoutStatus Status,
    Confidence Confidence,
    string? Amount,
    string? Currency,
    string? Recipient,
    ImmutableArray<DiscrepancyKind> OpenDiscrepancies,
    DateTimeOffset FirstSeenAt,
    DateTimeOffset? LastHeardAt,
    DateTimeOffset? LastPolledAt,
    DateTimeOffset? FinalAt)
{
    internal static PayoutRow Of(PayoutAnswer now) => new(
        now.Id, now.ProviderPayoutId, now.Connection, now.Reference, now.Status, now.Confidence, now.Amount, now.Currency, now.Recipient,
        now.OpenDiscrepancies, now.FirstSeenAt, now.LastHeardAt, now.LastPolledAt, now.FinalAt);

    internal static PayoutRow Of(KnownPayoutAnswer then) => new(
        then.Id, then.ProviderPayoutId, then.Connection, then.Reference, then.Status, then.Confidence, then.Amount, then.Currency, null,
        then.OpenDiscrepancies, then.FirstSeenAt, null, null, then.FinalRecordedAt);
}
