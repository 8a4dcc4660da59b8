using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Reconciler.Core;

/// <summary>An ISO 4217 currency that is in circulation, by its three upper-case letters.</summary>
[JsonConverter(typeof(ParsedTextConverter<Currency>))]
public readonly record struct Currency : IParsable<Currency>
{
    private Currency(string code) => Code = code;

    public string Code { get; }

    /// <summary>How many decimals the currency's amounts have: 0 (XOF, XAF) to 4.</summary>
    public int Decimals => CurrencyTable.Decimals[Code];

    /// <summary>Reads a code; lower case is accepted, since two of the providers' pages show it.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Currency result)
    {
        var code = s is { Length: 3 } && s.All(char.IsAsciiLetter) ? s.ToUpperInvariant() : "";
        var listed = CurrencyTable.Decimals.ContainsKey(code);
        result = listed ? new Currency(code) : default;
        return listed;
    }

    public static bool TryParse([NotNullWhen(true)] string? code, out Currency currency) => TryParse(code, null, out currency);

    /// <exception cref="FormatException">The code is not in ISO 4217's list.</exception>
    public static Currency Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var currency) ? currency : throw new FormatException($"'{s}' is not an ISO 4217 currency code.");

    public override string ToString() => Code ?? "";
}
