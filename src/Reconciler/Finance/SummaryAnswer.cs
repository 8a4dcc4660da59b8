using System.Globalization;
using Reconciler.Core;

namespace Reconciler.Finance;

/// <summary>Counts and sums of payouts.</summary>
/// <param name="Position">The last change of the feed that is in it: exactly what the feed had told up to there.</param>
/// <param name="At">What the ages are counted to: now, or the time that was asked about.</param>
/// <param name="KnownAt">The time that was asked about; null: as things stand.</param>
/// <param name="Rows">One for each combination of what it is by; newest day first.</param>
/// <param name="NotFinal">What has no final status yet, by how long ago it was first seen.</param>
public sealed record SummaryAnswer(
    long Position, DateTimeOffset At, DateTimeOffset? KnownAt, IReadOnlyList<SummaryRow> Rows, IReadOnlyList<AgeRow> NotFinal);

/// <param name="Day">UTC, of when the payouts were first seen; null where the summary is not by day.</param>
/// <param name="Connection">Null where it is not by connection.</param>
/// <param name="Status">Null where it is not by status.</param>
/// <param name="Currency">Null where no amount is known: amounts of two currencies are never added.</param>
/// <param name="Amount">Decimal text with the currency's own number of decimals; null without a currency.</param>
public sealed record SummaryRow(DateOnly? Day, string? Connection, PayoutStatus? Status, string? Currency, long Count, string? Amount);

/// <param name="Connection">Null where the summary is not by connection.</param>
public sealed record AgeRow(AgeBand Age, string? Connection, string? Currency, long Count, string? Amount);

/// <summary>How long ago a payout was first seen: each band begins where the one before ends.</summary>
public enum AgeBand
{
    UnderFiveMinutes,
    UnderOneHour,
    UnderOneDay,
    UnderThreeDays,
    Older,
}

internal static class SummedAmount
{
    /// <summary>A sum as it is answered.</summary>
    internal static string? Text(decimal sum, string? currency) => currency is null ? null
        : Currency.TryParse(currency, out var known) ? sum.ToString($"F{known.Decimals}", CultureInfo.InvariantCulture)
        : sum.ToString(CultureInfo.InvariantCulture);
}
