using System.Diagnostics.CodeAnalysis;
using Reconciler.Core;

namespace Reconciler.Providers;

/// <summary>Amounts as providers write them, into exact money.</summary>
internal static class WireMoney
{
    /// <summary>Reads an amount and its currency's code.</summary>
    /// <param name="amount">Plain decimal text in major units (<see cref="WireFields.Amount"/>); null where the message names none.</param>
    /// <param name="currency">ISO 4217; null where the message names none.</param>
    /// <param name="money">Null where the message names no amount.</param>
    /// <param name="problem">One of <see cref="UnreadableReason"/>: an exponent, a sign or a surplus decimal is not guessed away.</param>
    public static bool TryRead(string? amount, string? currency, out Money? money, [NotNullWhen(false)] out string? problem)
    {
        money = null;
        problem = null;
        var known = Currency.TryParse(currency, out var code);
        if (!known && (currency is not null || amount is not null)) problem = UnreadableReason.CurrencyUnknown;
        else if (amount is not null)
        {
            if (Money.TryParse(amount, code, out var read, out _)) money = read;
            else problem = UnreadableReason.AmountUnreadable;
        }

        return problem is null;
    }
}
