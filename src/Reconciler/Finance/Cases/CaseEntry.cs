using Npgsql;
using Reconciler.Core;

namespace Reconciler.Finance.Cases;

public enum CaseEntryKind
{
    Noted,
    Assigned,
    Unassigned,
}

/// <summary>A note, or that somebody took or gave the case. Added to, never changed.</summary>
/// <param name="Text">The note; null for the others.</param>
/// <param name="Owner">Who was given the case.</param>
public sealed record CaseEntry(CaseEntryKind Kind, string? Text, Person? Owner, Person By, DateTimeOffset At)
{
    private const int EntriesMax = 1_000;

    // Served by case_entries_by_case.
    private static readonly string OfCase = $"""
        select entry.kind, entry.text, entry.owner, owner.name, entry.said_by, author.name, entry.said_at
        from reconciler.case_entries as entry
        left join reconciler.case_people as owner on owner.reference = entry.owner
        left join reconciler.case_people as author on author.reference = entry.said_by
        where entry.discrepancy = $1 order by entry.id limit {EntriesMax}
        """;

    internal static async Task<List<CaseEntry>> OfAsync(NpgsqlDataSource database, Guid discrepancy, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(OfCase);
        command.Parameters.Add(new NpgsqlParameter { Value = discrepancy });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var entries = new List<CaseEntry>();
        while (await row.ReadAsync(cancellation))
        {
            string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
            entries.Add(new CaseEntry(
                EnumWords<CaseEntryKind>.Parse(row.GetString(0)), Text(1), Person.Of(Text(2), Text(3)), Person.Of(row.GetString(4), Text(5))!,
                row.GetFieldValue<DateTimeOffset>(6)));
        }

        return entries;
    }
}
