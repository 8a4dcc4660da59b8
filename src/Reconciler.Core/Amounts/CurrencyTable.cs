using System.Collections.Frozen;

namespace Reconciler.Core;

/// <summary>Minor units of the circulating currencies of ISO 4217 (list one, 2026). What is not listed is no currency to us.</summary>
internal static class CurrencyTable
{
    private const string WithoutMinorUnit = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";

    private const string WithTwoDecimals =
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK " +
        "DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW " +
        "KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK " +
        "PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS " +
        "UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG";

    private const string WithThreeDecimals = "BHD IQD JOD KWD LYD OMR TND";

    private const string WithFourDecimals = "CLF UYW";

    internal static readonly FrozenDictionary<string, int> Decimals = new[]
        {
            (Codes: WithoutMinorUnit, Decimals: 0),
            (Codes: WithTwoDecimals, Decimals: 2),
            (Codes: WithThreeDecimals, Decimals: 3),
            (Codes: WithFourDecimals, Decimals: 4),
        }
        .SelectMany(group => group.Codes.Split(' ').Select(code => KeyValuePair.Create(code, group.Decimals)))
        .ToFrozenDictionary(StringComparer.Ordinal);
}
