using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;

namespace Reconciler.Appending;

/// <summary>The proposals that a batch made, decided, or left without a case. Rare: one statement for each, in the order of the events.</summary>
internal static class ProposalRows
{
    // Served by the unique index over case and number. The payout's row lock is held, so that nobody else counts at the same time.
    private const string Propose = """
        with superseded as (
            update reconciler.proposals set decision = 'superseded', decided_by = $6, decided_at = $7
            where discrepancy = $2 and decision is null)
        insert into reconciler.proposals (id, discrepancy, number, stream_id, outcome, note, proposed_by, proposed_at, expires_at)
        select $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5, $6, $7, $8 from reconciler.proposals where discrepancy = $2
        """;

    // Served by the primary key.
    private const string Decide = "update reconciler.proposals set decision = $2, decided_by = $3, decided_at = $4, decision_note = $5 where id = $1";

    // Served by proposals_pending.
    private const string Moot = """
        update reconciler.proposals set decision = 'moot', decided_at = $2, decision_note = $3 where discrepancy = $1 and decision is null
        """;

    // Served by the primary key.
    private const string Stale = "update reconciler.proposals set stale_since = $2 where id = $1 and stale_since is null";

    internal static void AddTo(NpgsqlBatch batch, List<PayoutRow> changed)
    {
        foreach (var row in changed)
        {
            if (!row.HadProposals) continue;
            foreach (var added in row.Events) Add(batch, added.Event);
            foreach (var waiting in row.Payout!.Pending)
                if (waiting.StaleSince is { } since) Add(batch, Stale, Id(waiting.Id), At(since));
        }
    }

    private static void Add(NpgsqlBatch batch, PayoutEvent happened)
    {
        switch (happened)
        {
            case ResolutionProposed { Discrepancy: { } discrepancy, ExpiresAt: { } expiresAt } made:
                Add(batch, Propose, Id(made.Resolution), Id(discrepancy), Text(made.Payout.StreamId), Text(made.Outcome?.Word()), Text(made.Note),
                    Text(made.By), At(made.ObservedAt), At(expiresAt));
                break;
            case ResolutionApproved approved:
                Add(batch, Decide, Id(approved.Resolution), Text("approved"), Text(approved.By), At(approved.ObservedAt), Text(approved.Note));
                break;
            case ResolutionRejected rejected:
                Add(batch, Decide, Id(rejected.Resolution), Text("rejected"), Text(rejected.By), At(rejected.ObservedAt), Text(rejected.Note));
                break;
            case DiscrepancyClosed closed:
                Add(batch, Moot, Id(closed.Discrepancy), At(closed.ObservedAt), Text(closed.Reason));
                break;
        }
    }

    private static void Add(NpgsqlBatch batch, string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(parameter);
        batch.BatchCommands.Add(command);
    }

    private static NpgsqlParameter Id(Guid id) => new NpgsqlParameter<Guid> { TypedValue = id };

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter At(DateTimeOffset at) => new NpgsqlParameter<DateTimeOffset> { TypedValue = at, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
