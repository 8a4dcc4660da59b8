using System.Collections.Immutable;
using Reconciler.Appending;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Ledger;
using Reconciler.Personal;

namespace Reconciler.Finance;

/// <summary>A payout as callers read it. Every member is always there, null where nothing is known.</summary>
/// <param name="Id"><c>{connection}/{providerPayoutId}</c>.</param>
/// <param name="Final">Whether the status is one of the last four.</param>
/// <param name="Rule">Which of the four rules decided the status; <c>…/why</c> says it in words.</param>
/// <param name="StatusVersion">1, 2, 3… with each move of the status.</param>
/// <param name="Amount">Decimal text with the currency's own number of decimals: what was expected, else what the provider said.</param>
/// <param name="Recipient">Masked.</param>
/// <param name="LastHeardAt">The last verified webhook.</param>
/// <param name="NextPollAt">When the provider is asked next, if no webhook comes before; null: not again.</param>
/// <param name="ErasedAt">When what is personal of it was erased: then neither recipient nor metadata is told.</param>
/// <param name="Version">Of the payout's stream of events.</param>
public sealed record PayoutAnswer(
    string Id,
    ConnectionKey Connection,
    Provider Provider,
    string ProviderPayoutId,
    string? Reference,
    PayoutStatus Status,
    bool Final,
    Confidence Confidence,
    DerivationRule Rule,
    long StatusVersion,
    string? Amount,
    string? Currency,
    string? Recipient,
    string? ProviderReference,
    Failure? Failure,
    ExpectationAnswer? Expected,
    ImmutableArray<DiscrepancyKind> OpenDiscrepancies,
    DateTimeOffset FirstSeenAt,
    DateTimeOffset? LastHeardAt,
    DateTimeOffset? LastPolledAt,
    DateTimeOffset? NextPollAt,
    DateTimeOffset? FinalAt,
    DateTimeOffset? ErasedAt,
    long Version)
{
    internal static PayoutAnswer Of(KeptPayout kept, Installation installation) =>
        Of(kept.Payout, kept.Provider, kept.Derived, kept.NextPollAt, kept.Version, kept, installation);

    /// <param name="now">As it stands: what was erased since is not told of the past, either.</param>
    internal static PayoutAnswer Of(
        Payout payout, Provider provider, Derived derived, DateTimeOffset? nextPollAt, long version, KeptPayout now, Installation installation)
    {
        var erasedAt = now.ErasedAt;
        var shown = PayoutColumns.Of(payout, erasedAt is not null);
        var amount = shown is { Amount: { } value, Currency: { } code } ? ChangeRows.Shown(value, code) : null;
        return new PayoutAnswer(
            payout.Id.StreamId,
            payout.Id.Connection,
            provider,
            payout.Id.ProviderPayoutId,
            shown.Reference,
            derived.Status,
            derived.Status.IsFinal(),
            derived.Confidence,
            derived.Rule,
            payout.StatusVersion,
            amount?.Text,
            shown.Currency,
            shown.Recipient?.Masked,
            shown.ProviderReference,
            derived.Failure,
            payout.Expected is not { } expected ? null
                : erasedAt is not null ? ExpectationAnswer.Of(expected with { Recipient = null, Metadata = null })
                : ExpectationAnswer.Of(expected with { Metadata = AnnouncedMetadata.Open(() => installation.Personal, now.DataSalt, payout.Id, expected) }),
            [.. payout.OpenCases.Select(known => known.Kind).Order()],
            payout.FirstSeenAt,
            payout.LastHeardAt,
            payout.LastPolledAt,
            nextPollAt,
            payout.FinalAt,
            erasedAt,
            version);
    }
}

/// <summary>What our side said that the payout should be.</summary>
public sealed record ExpectationAnswer(
    string Reference,
    string Amount,
    string Currency,
    string? Recipient,
    DateTimeOffset? InitiatedAt,
    ImmutableSortedDictionary<string, string>? Metadata)
{
    internal static ExpectationAnswer Of(Expectation expected) => new(
        expected.Reference,
        expected.Amount.AmountText,
        expected.Amount.Currency.Code,
        expected.Recipient?.Masked,
        expected.InitiatedAt,
        expected.Metadata);
}
