using System.Collections.Immutable;
using Npgsql;
using Reconciler.Core;

namespace Reconciler.Finance;

/// <summary>One case.</summary>
/// <param name="Detail">What disagrees, in words.</param>
/// <param name="Evidence">Digests of the evidence that shows it.</param>
/// <param name="ClosedBecause">Why it is no more; null while it is open.</param>
public sealed record DiscrepancyAnswer(
    Guid Id,
    string Payout,
    ConnectionKey Connection,
    DiscrepancyKind Kind,
    bool Open,
    string Detail,
    ImmutableArray<EvidenceDigest> Evidence,
    DateTimeOffset OpenedAt,
    DateTimeOffset? ClosedAt,
    string? ClosedBecause)
{
    internal const string Select =
        "select id, stream_id, connection, kind, detail, evidence, opened_at, closed_at, closed_because from reconciler.discrepancies";

    internal static async Task<List<DiscrepancyAnswer>> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = new List<DiscrepancyAnswer>();
        while (await rows.ReadAsync(cancellation)) found.Add(Of(rows));
        return found;
    }

    private static DiscrepancyAnswer Of(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetString(1),
        ConnectionKey.Parse(row.GetString(2)),
        EnumWords<DiscrepancyKind>.Parse(row.GetString(3)),
        row.IsDBNull(7),
        row.GetString(4),
        [.. row.GetFieldValue<string[]>(5).Select(digest => EvidenceDigest.Parse(digest))],
        row.GetFieldValue<DateTimeOffset>(6),
        row.IsDBNull(7) ? null : row.GetFieldValue<DateTimeOffset>(7),
        row.IsDBNull(8) ? null : row.GetString(8));
}

/// <summary>The open cases of one payout.</summary>
internal static class OpenCases
{
    internal static async Task<List<DiscrepancyAnswer>> OfAsync(NpgsqlDataSource database, PayoutId payout, CancellationToken cancellation)
    {
        // Served by discrepancies_by_payout.
        await using var command = database.CreateCommand($"{DiscrepancyAnswer.Select} where stream_id = $1 and closed_at is null order by opened_at, kind");
        command.Parameters.Add(new NpgsqlParameter { Value = payout.StreamId });
        return await DiscrepancyAnswer.ReadAsync(command, cancellation);
    }
}
