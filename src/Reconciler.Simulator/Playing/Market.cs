namespace Reconciler.Simulator.Playing;

/// <summary>The country that a currency is played in, and what its phone numbers look like.</summary>
public sealed record Market(string Currency, string Alpha2, string Alpha3, string DialCode, int NumberDigits, bool HasMinorUnit)
{
    private static readonly Dictionary<string, Market> ByCurrency = new Market[]
    {
        new("XOF", "SN", "SEN", "221", 9, false),
        new("XAF", "CM", "CMR", "237", 9, false),
        new("GNF", "GN", "GIN", "224", 9, false),
        new("RWF", "RW", "RWA", "250", 9, false),
        new("UGX", "UG", "UGA", "256", 9, false),
        new("ZMW", "ZM", "ZMB", "260", 9, true),
        new("GHS", "GH", "GHA", "233", 9, true),
        new("KES", "KE", "KEN", "254", 9, true),
        new("TZS", "TZ", "TZA", "255", 9, true),
        new("CDF", "CD", "COD", "243", 9, true),
        new("MWK", "MW", "MWI", "265", 9, true),
        new("MZN", "MZ", "MOZ", "258", 9, true),
        new("NGN", "NG", "NGA", "234", 10, true),
    }.ToDictionary(market => market.Currency);

    public static IEnumerable<string> Currencies => ByCurrency.Keys;

    public static Market? Find(string currency) => ByCurrency.GetValueOrDefault(currency);

    public static Market Of(string currency) => ByCurrency[currency];

    /// <summary>A phone number of this market: digits with the country's code, no plus sign.</summary>
    public string Phone(ref Draws draws) => $"{DialCode}7{draws.Letters(NumberDigits - 1, "0123456789")}";

    /// <summary>An amount in major units, with cents now and then where the currency has them.</summary>
    public decimal Amount(ref Draws draws)
    {
        decimal whole = 500 + 5 * draws.Below(20_000);
        return HasMinorUnit && draws.Below(3) == 0 ? whole + draws.Below(100) / 100m : whole;
    }
}
