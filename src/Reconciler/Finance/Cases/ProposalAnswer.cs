using System.Data;
using Npgsql;
using Reconciler.Core;

namespace Reconciler.Finance.Cases;

/// <summary>One proposal on a case.</summary>
/// <param name="Number">1, 2, 3… per case: what the routes name it by.</param>
/// <param name="Note">Why, in the proposer's words.</param>
/// <param name="StaleSince">When something new was first said after it.</param>
/// <param name="DecidedBy">Who approved, rejected or replaced it; null where nobody did.</param>
/// <param name="DecisionNote">In the second person's words; of a moot one, why the case closed.</param>
public sealed record ProposalAnswer(
    int Number,
    ProposalState State,
    ProposedOutcome Outcome,
    string Note,
    Person ProposedBy,
    DateTimeOffset ProposedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? StaleSince,
    Person? DecidedBy,
    DateTimeOffset? DecidedAt,
    string? DecisionNote)
{
    private const string Select = """
        select made.id, made.discrepancy, made.number, made.outcome, made.note, made.proposed_by, proposer.name, made.proposed_at, made.expires_at,
            made.stale_since, made.decision, made.decided_by, decider.name, made.decided_at, made.decision_note
        from reconciler.proposals as made
        left join reconciler.case_people as proposer on proposer.reference = made.proposed_by
        left join reconciler.case_people as decider on decider.reference = made.decided_by
        """;

    /// <summary>All of a payout's cases' proposals, in the order they were made, by case.</summary>
    internal static async Task<ILookup<Guid, KeptProposal>> OfPayoutAsync(
        NpgsqlDataSource database, PayoutId payout, DateTimeOffset now, CancellationToken cancellation)
    {
        // Served by proposals_by_payout.
        await using var command = database.CreateCommand($"{Select} where made.stream_id = $1 order by made.proposed_at, made.number");
        command.Parameters.Add(new NpgsqlParameter { Value = payout.StreamId });
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = new List<KeptProposal>();
        while (await rows.ReadAsync(cancellation)) found.Add(Of(rows, now));
        return found.ToLookup(kept => kept.Discrepancy);
    }

    internal static async Task<KeptProposal?> FindAsync(
        NpgsqlDataSource database, Guid discrepancy, int number, DateTimeOffset now, CancellationToken cancellation)
    {
        // Served by the unique index over case and number.
        await using var command = database.CreateCommand($"{Select} where made.discrepancy = $1 and made.number = $2");
        command.Parameters.Add(new NpgsqlParameter { Value = discrepancy });
        command.Parameters.Add(new NpgsqlParameter { Value = number });
        return await OneAsync(command, now, cancellation);
    }

    internal static async Task<KeptProposal?> FindAsync(NpgsqlDataSource database, Guid resolution, DateTimeOffset now, CancellationToken cancellation)
    {
        // Served by the primary key.
        await using var command = database.CreateCommand($"{Select} where made.id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = resolution });
        return await OneAsync(command, now, cancellation);
    }

    internal static ProposalState StateOf(string? decision, DateTimeOffset? staleSince, DateTimeOffset expiresAt, DateTimeOffset now) => decision switch
    {
        not null => EnumWords<ProposalState>.Parse(decision),
        null when staleSince is not null => ProposalState.Stale,
        null => now >= expiresAt ? ProposalState.Expired : ProposalState.Pending,
    };

    private static async Task<KeptProposal?> OneAsync(NpgsqlCommand command, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var row = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, cancellation);
        return await row.ReadAsync(cancellation) ? Of(row, now) : null;
    }

    private static KeptProposal Of(NpgsqlDataReader row, DateTimeOffset now)
    {
        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        DateTimeOffset? At(int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
        return new KeptProposal(row.GetGuid(0), row.GetGuid(1), new ProposalAnswer(
            row.GetInt32(2),
            StateOf(Text(10), At(9), row.GetFieldValue<DateTimeOffset>(8), now),
            ProposedOutcomes.Of(Text(3)),
            row.GetString(4),
            Person.Of(row.GetString(5), Text(6))!,
            row.GetFieldValue<DateTimeOffset>(7),
            row.GetFieldValue<DateTimeOffset>(8),
            At(9),
            Person.Of(Text(11), Text(12)),
            At(13),
            Text(14)));
    }
}

internal sealed record KeptProposal(Guid Id, Guid Discrepancy, ProposalAnswer Answer);
