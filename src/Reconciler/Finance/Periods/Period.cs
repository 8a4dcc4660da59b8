using System.Globalization;

namespace Reconciler.Finance.Periods;

/// <summary>A day (<c>2026-11-03</c>) or a month (<c>2026-11</c>) in UTC. A payout is in it by when it was first seen.</summary>
public readonly record struct Period(string Text, DateOnly FirstDay, DateOnly LastDay)
{
    /// <summary>The first moment that is no more in it.</summary>
    public DateTimeOffset End => new(LastDay.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero);

    public static bool TryParse(string? text, out Period period)
    {
        period = default;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day < DateOnly.MaxValue)
            period = new Period(text!, day, day);
        else if (DateOnly.TryParseExact(text + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first) && first.Year < 9999)
            period = new Period(text!, first, first.AddMonths(1).AddDays(-1));
        return period.Text is not null;
    }
}
