using System.Globalization;
using Reconciler.Core;

namespace Reconciler.Finance;

/// <summary>Texts that callers send in queries and bodies, read strictly.</summary>
internal static class QueryText
{
    // With seconds and an offset, as RFC 3339 demands: a time without one would be read in this machine's own zone.
    private static readonly string[] Instants =
    [
        "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'",
    ];

    internal static bool TryInstant(string? text, out DateTimeOffset instant)
    {
        var read = DateTimeOffset.TryParseExact(
            text, Instants, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out instant);
        instant = instant.ToMicrosecond();
        return read;
    }

    /// <summary>A time, or a day, which means its first moment in UTC.</summary>
    internal static bool TryInstantOrDay(string? text, out DateTimeOffset instant) =>
        TryInstant(text, out instant)
        || DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out instant);

    /// <summary>Whether PostgreSQL could not take it as text, or nothing stored could equal it.</summary>
    internal static bool IsImpossible(string text) => text.Any(char.IsControl) || text.Any(char.IsSurrogate) && !IsWellFormed(text);

    private static bool IsWellFormed(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (!char.IsSurrogate(text[at])) continue;
            if (at + 1 == text.Length || !char.IsSurrogatePair(text[at], text[at + 1])) return false;
            at++;
        }

        return true;
    }
}
