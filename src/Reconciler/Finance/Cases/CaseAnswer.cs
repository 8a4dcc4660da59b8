using System.Collections.Immutable;
using Npgsql;
using Reconciler.Core;
using Reconciler.Ledger;

namespace Reconciler.Finance.Cases;

/// <summary>One case, as lists show it.</summary>
/// <param name="Payout">Id of the payout.</param>
/// <param name="Open">Whether it still stands: its state is open or proposed.</param>
/// <param name="Detail">What disagrees, in words.</param>
/// <param name="Evidence">Digests of the evidence that shows it.</param>
/// <param name="DueAt">By when people should have seen to it.</param>
/// <param name="Overdue">Whether that has passed while it stands.</param>
/// <param name="Owner">Who sees to it; null: nobody does yet.</param>
/// <param name="Status">The payout's, now.</param>
/// <param name="Amount">The payout's, as decimal text.</param>
/// <param name="Proposal">What waits for a second person; null where nothing does.</param>
/// <param name="ClosedBecause">Why it is no more; null while it stands.</param>
public record CaseAnswer(
    Guid Id,
    string Payout,
    ConnectionKey Connection,
    DiscrepancyKind Kind,
    CaseState State,
    bool Open,
    string Detail,
    ImmutableArray<EvidenceDigest> Evidence,
    DateTimeOffset OpenedAt,
    DateTimeOffset DueAt,
    bool Overdue,
    Person? Owner,
    PayoutStatus Status,
    string? Amount,
    string? Currency,
    string? Reference,
    CaseProposal? Proposal,
    DateTimeOffset? ClosedAt,
    string? ClosedBecause)
{
    // Of a case at most one proposal waits (proposals_pending); the rest is served by primary keys.
    internal const string Select = """
        select noted.id, noted.stream_id, noted.connection, noted.kind, noted.detail, noted.evidence, noted.opened_at, noted.closed_at,
            noted.closed_because, noted.due_at, noted.owner, owner.name, noted.resolution, payout.status, payout.amount, payout.currency,
            payout.reference, waiting.number, waiting.outcome, waiting.proposed_by, proposer.name, waiting.expires_at, waiting.stale_since
        from reconciler.discrepancies as noted
        join reconciler.payouts as payout on payout.stream_id = noted.stream_id
        left join reconciler.case_people as owner on owner.reference = noted.owner
        left join reconciler.proposals as waiting on waiting.discrepancy = noted.id and waiting.decision is null
        left join reconciler.case_people as proposer on proposer.reference = waiting.proposed_by
        """;

    internal PayoutId PayoutId => PayoutId.Parse(Payout);

    internal static async Task<CaseAnswer?> FindAsync(NpgsqlDataSource database, Guid id, DateTimeOffset now, CancellationToken cancellation)
    {
        // Served by the primary key.
        await using var command = database.CreateCommand($"{Select} where noted.id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        return await ReadAsync(command, now, cancellation) is [var found] ? found : null;
    }

    internal static async Task<List<CaseAnswer>> OfPayoutAsync(NpgsqlDataSource database, PayoutId payout, DateTimeOffset now, CancellationToken cancellation)
    {
        // Served by discrepancies_by_payout.
        await using var command = database.CreateCommand($"{Select} where noted.stream_id = $1 order by noted.opened_at, noted.kind, noted.id");
        command.Parameters.Add(new NpgsqlParameter { Value = payout.StreamId });
        return await ReadAsync(command, now, cancellation);
    }

    internal static async Task<List<CaseAnswer>> ReadAsync(NpgsqlCommand command, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = new List<CaseAnswer>();
        while (await rows.ReadAsync(cancellation)) found.Add(Of(rows, now));
        return found;
    }

    private static CaseAnswer Of(NpgsqlDataReader row, DateTimeOffset now)
    {
        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        DateTimeOffset? At(int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
        var (closedAt, dueAt) = (At(7), row.GetFieldValue<DateTimeOffset>(9));
        var waiting = row.IsDBNull(17) || ProposalAnswer.StateOf(null, At(22), row.GetFieldValue<DateTimeOffset>(21), now) != ProposalState.Pending
            ? null
            : new CaseProposal(row.GetInt32(17), ProposedOutcomes.Of(Text(18)), Person.Of(row.GetString(19), Text(20))!, row.GetFieldValue<DateTimeOffset>(21));
        var amount = row.IsDBNull(14) || Text(15) is not { } code ? null : ChangeRows.Shown(row.GetDecimal(14), code);
        return new CaseAnswer(
            row.GetGuid(0),
            row.GetString(1),
            ConnectionKey.Parse(row.GetString(2)),
            EnumWords<DiscrepancyKind>.Parse(row.GetString(3)),
            closedAt is not null ? row.IsDBNull(12) ? CaseState.Closed : CaseState.Resolved : waiting is null ? CaseState.Open : CaseState.Proposed,
            closedAt is null,
            row.GetString(4),
            [.. row.GetFieldValue<string[]>(5).Select(digest => EvidenceDigest.Parse(digest))],
            row.GetFieldValue<DateTimeOffset>(6),
            dueAt,
            closedAt is null && dueAt < now,
            Person.Of(Text(10), Text(11)),
            EnumWords<PayoutStatus>.Parse(row.GetString(13)),
            amount?.Text,
            Text(15),
            Text(16),
            waiting,
            closedAt,
            Text(8));
    }
}

/// <summary>A proposal that waits, as lists show it.</summary>
public sealed record CaseProposal(int Number, ProposedOutcome Outcome, Person ProposedBy, DateTimeOffset ExpiresAt);
