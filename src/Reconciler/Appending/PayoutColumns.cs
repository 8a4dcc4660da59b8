using System.Globalization;
using Reconciler.Core;

namespace Reconciler.Appending;

/// <summary>What the read model shows of a payout and evidence seldom changes: what was expected, else what the evidence first said.</summary>
internal sealed record PayoutColumns(
    DateTimeOffset FirstSeenAt, string? Reference, decimal? Amount, string? Currency, Recipient? Recipient, string? ProviderReference)
{
    /// <summary>Of an erased payout: nobody is to find it by whom it paid.</summary>
    internal static PayoutColumns Of(Payout payout, bool isErased) => isErased ? Of(payout) with { Recipient = null } : Of(payout);

    internal static PayoutColumns Of(Payout payout)
    {
        var (expected, claims) = (payout.Expected, payout.Claims);
        return new PayoutColumns(
            payout.FirstSeenAt,
            expected?.Reference ?? First(FactKind.Reference),
            expected?.Amount.Amount ?? (First(FactKind.Amount) is { } amount ? decimal.Parse(amount, CultureInfo.InvariantCulture) : null),
            expected?.Amount.Currency.Code ?? First(FactKind.Currency),
            expected?.Recipient ?? (First(FactKind.Recipient) is { } recipient ? FromFact(recipient) : null),
            First(FactKind.ProviderReference));

        string? First(FactKind kind) => claims.Earliest(kind)?.Value;
    }

    private static Recipient FromFact(string value)
    {
        var blank = value.IndexOf(' ');
        return new Recipient(value[(blank + 1)..], value[..blank]);
    }
}
