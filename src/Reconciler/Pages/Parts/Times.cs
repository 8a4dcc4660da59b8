using System.Globalization;
using Reconciler.Core;

namespace Reconciler.Pages.Parts;

/// <summary>Instants and spans as people read them.</summary>
internal static class Times
{
    internal static string Utc(DateTimeOffset instant) => InstantConverter.Text(instant);

    internal static string InWords(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.FFF 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>To the second; the year only where it is not this one, the day only where it is not today.</summary>
    internal static string Short(DateTimeOffset local, DateTimeOffset now) => local.ToString(
        local.Year != now.Year ? "d MMM yyyy, HH:mm:ss" : local.Date != now.Date ? "d MMM, HH:mm:ss" : "HH:mm:ss", CultureInfo.InvariantCulture);

    internal static string Day(DateOnly day) => day.ToString("ddd d MMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>The two largest units: "3 d 4 h", "12 min 5 s".</summary>
    internal static string Span(TimeSpan span)
    {
        var length = span.Duration();
        (long Count, string Unit)[] units =
            [((long)length.TotalDays, "d"), (length.Hours, "h"), (length.Minutes, "min"), (length.Seconds, "s")];
        var from = Array.FindIndex(units, unit => unit.Count > 0);
        if (from < 0) return length > TimeSpan.Zero ? "under 1 s" : "0 s";
        return string.Join(' ', units.Skip(from).Take(2).Where(unit => unit.Count > 0)
            .Select(unit => string.Create(CultureInfo.InvariantCulture, $"{unit.Count} {unit.Unit}")));
    }
}
