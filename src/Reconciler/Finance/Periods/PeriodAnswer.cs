using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using Reconciler.Core;

namespace Reconciler.Finance.Periods;

/// <summary>A closed period of one connection: its totals as they were known when it was closed, which nothing changes.</summary>
/// <param name="Position">The last change of the feed that is in it.</param>
/// <param name="KnownAt">The same as a time: the summary with <c>knownAt</c> gives these totals, for ever.</param>
/// <param name="ClosedBy">Who, like <c>key:admin</c>.</param>
/// <param name="Totals">By day, status and currency.</param>
public sealed record PeriodAnswer(
    string Connection,
    string Period,
    DateOnly FirstDay,
    DateOnly LastDay,
    long Position,
    DateTimeOffset KnownAt,
    DateTimeOffset ClosedAt,
    string ClosedBy,
    IReadOnlyList<SummaryRow> Totals)
{
    /// <summary>The last move of the book that is in it.</summary>
    [JsonIgnore]
    internal long Moves { get; init; }

    internal const string Columns = "connection, period, first_day, last_day, position, known_at, closed_at, closed_by, totals, moves";

    internal static PeriodAnswer Of(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetFieldValue<DateOnly>(2), row.GetFieldValue<DateOnly>(3), row.GetInt64(4),
        row.GetFieldValue<DateTimeOffset>(5), row.GetFieldValue<DateTimeOffset>(6), row.GetString(7),
        JsonSerializer.Deserialize<List<SummaryRow>>(row.GetString(8), JsonShapes.Answered) ?? [])
    {
        Moves = row.GetInt64(9),
    };
}
