using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Reconciler.Core;

/// <summary>Spans as people write them: <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>6h</c>, <c>1d</c>. Whole numbers, one unit.</summary>
public static class Duration
{
    /// <summary>A year: nothing in this product waits longer.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromDays(366);

    private static readonly (string Unit, TimeSpan Span)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)), ("d", TimeSpan.FromDays(1)),
    ];

    /// <summary>Reads <c>{whole number}{unit}</c>, more than zero and at most <see cref="Max"/>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TimeSpan span) => TryParse(text, Max, out span);

    /// <summary>The same, for what is not a wait.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, TimeSpan max, out TimeSpan span)
    {
        span = default;
        foreach (var (unit, one) in Units)
        {
            if (text is null || !text.EndsWith(unit, StringComparison.Ordinal)) continue;
            if (!int.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count)) continue;
            if (count == 0 || count > max / one) return false;
            span = one * count;
            return true;
        }

        return false;
    }

    /// <exception cref="FormatException">The text is no duration.</exception>
    public static TimeSpan Parse(string text) => TryParse(text, out var span)
        ? span
        : throw new FormatException($"'{text}' is no duration: write a whole number and a unit, like 500ms, 30s, 5m, 6h or 1d.");

    /// <summary>The span in the largest unit that divides it.</summary>
    public static string Text(TimeSpan span)
    {
        var (unit, one) = Units.LastOrDefault(candidate => span.Ticks % candidate.Span.Ticks == 0, Units[0]);
        return string.Create(CultureInfo.InvariantCulture, $"{span.Ticks / one.Ticks}{unit}");
    }
}
