using System.Text.Json;
using Reconciler.Core;

namespace Reconciler.Ledger;

/// <summary>One entry of the ledger feed, but for its position, which only the commit knows. A storage shape.</summary>
/// <param name="Id">The id of the event that it tells of.</param>
/// <param name="StatusVersion">Of the payout at this change: keep the highest, and duplicates do no harm.</param>
/// <param name="From">Null for a first status and for cases.</param>
/// <param name="Amount">Decimal text with the currency's own number of decimals.</param>
public sealed record ChangeBody(
    Guid Id,
    string Kind,
    PayoutId Payout,
    long StatusVersion,
    PayoutStatus? From,
    PayoutStatus? To,
    Confidence Confidence,
    string? Amount,
    string? Currency,
    string? Reference,
    Failure? Failure,
    ChangedDiscrepancy? Discrepancy,
    DateTimeOffset OccurredAt,
    DateTimeOffset RecordedAt)
{
    internal static ChangeBody? Of(Guid id, PayoutEvent happened, Payout payout, ShownAmount? amount, DateTimeOffset recordedAt)
    {
        if (ChangeKind.Of(happened) is not { } kind) return null;
        var changed = happened as PayoutStatusChanged;
        return new ChangeBody(
            id, kind, happened.Payout,
            changed?.StatusVersion ?? payout.StatusVersion, changed?.From, changed?.To,
            changed?.Confidence ?? Derivation.Derive(payout).Confidence,
            amount?.Text, amount?.Currency, payout.Expected?.Reference, changed?.Failure,
            happened switch
            {
                DiscrepancyOpened opened => new ChangedDiscrepancy(opened.Discrepancy, opened.Kind, opened.Detail),
                DiscrepancyClosed closed => new ChangedDiscrepancy(closed.Discrepancy, closed.Kind, closed.Reason),
                _ => null,
            },
            changed?.OccurredAt ?? happened.ObservedAt,
            recordedAt);
    }

    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, JsonShapes.Answered);
}

/// <summary>Which case opened or closed, and why.</summary>
public sealed record ChangedDiscrepancy(Guid Id, DiscrepancyKind Kind, string Detail);

/// <summary>An amount as it is answered. Evidence may name one without a currency that we know; then it is given as it was.</summary>
internal sealed record ShownAmount(string Text, string Currency);
