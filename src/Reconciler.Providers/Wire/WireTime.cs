using System.Globalization;

namespace Reconciler.Providers;

/// <summary>How a provider may write an instant.</summary>
[Flags]
internal enum TimeForms
{
    None = 0,

    /// <summary>Ten digits: seconds since 1970.</summary>
    UnixSeconds = 1,

    /// <summary>Thirteen digits: milliseconds since 1970.</summary>
    UnixMilliseconds = 2,

    /// <summary>Like <c>2026-11-21T10:00:00Z</c>; with an offset, a fraction, or a blank for the <c>T</c>. Without an offset it is UTC.</summary>
    Iso8601 = 4,

    Any = UnixSeconds | UnixMilliseconds | Iso8601,
}

/// <summary>Reads instants as providers write them. Nonsense is no instant; nothing is corrected, however far past or future.</summary>
internal static class WireTime
{
    private const int UnixSecondsDigits = 10;
    private const int UnixMillisecondsDigits = 13;
    private const int TextLengthMax = 64;
    private const int FractionDigitsKept = 7;

    private static readonly string[] IsoFormats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFK"];

    /// <summary>Reads one of the given forms, without blanks around it.</summary>
    public static bool TryParse(string? text, TimeForms forms, out DateTimeOffset instant)
    {
        instant = default;
        if (text is null or { Length: 0 or > TextLengthMax }) return false;
        return text.AsSpan().ContainsAnyExceptInRange('0', '9')
            ? forms.HasFlag(TimeForms.Iso8601) && TryParseIso(text, out instant)
            : TryParseUnix(text, forms, out instant);
    }

    private static bool TryParseUnix(string digits, TimeForms forms, out DateTimeOffset instant)
    {
        instant = default;
        if (digits.Length == UnixSecondsDigits && forms.HasFlag(TimeForms.UnixSeconds))
            instant = DateTimeOffset.FromUnixTimeSeconds(long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture));
        else if (digits.Length == UnixMillisecondsDigits && forms.HasFlag(TimeForms.UnixMilliseconds))
            instant = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture));
        else return false;
        return true;
    }

    private static bool TryParseIso(string text, out DateTimeOffset instant) =>
        DateTimeOffset.TryParseExact(
            WithoutSurplusFraction(text),
            IsoFormats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out instant);

    // .NET reads seven digits of a second's fraction; some senders write nine.
    private static string WithoutSurplusFraction(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        if (point < 0) return text;
        var end = point + 1;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        var keptEnd = point + 1 + FractionDigitsKept;
        return end <= keptEnd ? text : string.Concat(text.AsSpan(0, keptEnd), text.AsSpan(end));
    }
}
