using Npgsql;
using NpgsqlTypes;
using Reconciler.Access;
using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Finance.Cases;

/// <summary>Who sees to a case, and what people noted about it. Neither touches the payout.</summary>
public sealed class TendCase(NpgsqlDataSource database, TimeProvider clock)
{
    private const int ReferenceCharactersMax = 250;

    // Served by the primary key. Nothing is written where it is so already.
    private const string SetOwner = """
        with given as (
            update reconciler.discrepancies set owner = $2
            where id = $1 and closed_at is null and owner is distinct from $2 returning id)
        insert into reconciler.case_entries (discrepancy, kind, owner, said_by, said_at)
        select id, case when $2::text is null then 'unassigned' else 'assigned' end, $2, $3, $4 from given
        """;

    private const string AddNote = "insert into reconciler.case_entries (discrepancy, kind, text, said_by, said_at) values ($1, 'noted', $2, $3, $4)";

    private const string IsKnown = "select exists (select 1 from reconciler.case_people where reference = $1)";

    /// <param name="owner">Reference of a person or key who has acted on cases before, or of the caller; null: nobody.</param>
    public async Task<CaseResult> AssignAsync(Guid id, string? owner, Actor actor, CancellationToken cancellation)
    {
        if (CaseRefusals.Missing(actor, Scope.FinanceResolve) is { } missing) return missing;
        if (await FindAsync(id, actor, cancellation) is not { } found) return CaseRefusals.Unknown(id);
        if (!found.Open) return CaseRefusals.Of(ResolutionRefusal.CaseClosed, null, found);
        await Person.RememberAsync(database, actor, cancellation);
        if (owner is not null && !await IsKnownAsync(owner, cancellation))
            return Problem.Invalid("owner", "It is 'me', or the reference of somebody who has worked on cases here, like user:0199….");
        await using var command = database.CreateCommand(SetOwner);
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)owner ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter { Value = actor.PersonReference });
        command.Parameters.Add(new NpgsqlParameter { Value = clock.GetUtcNow().ToMicrosecond() });
        await command.ExecuteNonQueryAsync(cancellation);
        return new CaseResult(null, await FindAsync(id, actor, cancellation), null);
    }

    /// <summary>Adds a note; also to a case that is closed.</summary>
    public async Task<CaseResult> NoteAsync(Guid id, string text, Actor actor, CancellationToken cancellation)
    {
        if (CaseRefusals.Missing(actor, Scope.FinanceResolve) is { } missing) return missing;
        if (CaseText.Refusal("text", text) is { } unfit) return unfit;
        if (await FindAsync(id, actor, cancellation) is not { } found) return CaseRefusals.Unknown(id);
        await Person.RememberAsync(database, actor, cancellation);
        await using var command = database.CreateCommand(AddNote);
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        command.Parameters.Add(new NpgsqlParameter { Value = text.Trim() });
        command.Parameters.Add(new NpgsqlParameter { Value = actor.PersonReference });
        command.Parameters.Add(new NpgsqlParameter { Value = clock.GetUtcNow().ToMicrosecond() });
        await command.ExecuteNonQueryAsync(cancellation);
        return new CaseResult(null, found, null);
    }

    private async Task<CaseAnswer?> FindAsync(Guid id, Actor actor, CancellationToken cancellation) =>
        await CaseAnswer.FindAsync(database, id, clock.GetUtcNow(), cancellation) is { } found && actor.Connections.Allow(found.Connection) ? found : null;

    private async Task<bool> IsKnownAsync(string owner, CancellationToken cancellation)
    {
        if (owner.Length > ReferenceCharactersMax || QueryText.IsImpossible(owner)) return false;
        await using var command = database.CreateCommand(IsKnown);
        command.Parameters.Add(new NpgsqlParameter { Value = owner });
        return await command.ExecuteScalarAsync(cancellation) is true;
    }
}
