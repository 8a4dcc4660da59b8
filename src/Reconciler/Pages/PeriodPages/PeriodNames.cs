using System.Globalization;
using Reconciler.Finance.Periods;
using Reconciler.Pages.Parts;

namespace Reconciler.Pages.PeriodPages;

/// <summary>Periods as people name them.</summary>
internal static class PeriodNames
{
    internal static string Of(Period period) => period.FirstDay == period.LastDay
        ? Times.Day(period.FirstDay)
        : period.FirstDay.ToString("MMMM yyyy", CultureInfo.InvariantCulture);

    internal static string Of(PeriodAnswer closed) => Of(new Period(closed.Period, closed.FirstDay, closed.LastDay));

    /// <summary>Yesterday and the month before this one, in UTC.</summary>
    internal static IReadOnlyList<Period> JustOver(DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var (yesterday, month) = (today.AddDays(-1), today.AddMonths(-1));
        return [.. new[] { $"{yesterday:yyyy-MM-dd}", $"{month:yyyy-MM}" }.Select(text => Period.TryParse(text, out var period) ? period : default)];
    }
}
