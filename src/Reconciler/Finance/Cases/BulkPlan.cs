using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Reconciler.Access;
using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Finance.Cases;

/// <summary>What would become of one case, judged by the same rules that judge it when it is done.</summary>
/// <param name="Number">Of the proposal to decide on; 0 where it is about none.</param>
/// <param name="Print">Of everything that the plan depends on: it differs when the case or its evidence does.</param>
internal sealed record BulkPlan(Guid Id, int Number, string? Text, Problem? Problem, ReadOnlyMemory<byte> Print)
{
    internal const int PrintBytes = 8;

    internal static async Task<List<BulkPlan>> OfAsync(
        NpgsqlDataSource database, BulkBody body, Actor actor, DateTimeOffset now, CancellationToken cancellation)
    {
        // Served by the primary keys.
        await using var command = database.CreateCommand($"{CaseAnswer.Select} where noted.id = any($1)");
        command.Parameters.Add(new NpgsqlParameter { Value = body.Ids!.Value.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        var cases = (await CaseAnswer.ReadAsync(command, now, cancellation)).Where(found => actor.Connections.Allow(found.Connection)).ToDictionary(found => found.Id);
        var payouts = await PayoutsAsync(database, [.. cases.Values.Select(found => found.Payout).Distinct()], cancellation);
        return [.. body.Ids!.Value.Select(id => cases.TryGetValue(id, out var found)
            ? Of(body, found, payouts[found.Payout], actor, now)
            : new BulkPlan(id, 0, null, CaseRefusals.Unknown(id), new byte[PrintBytes]))];
    }

    private static BulkPlan Of(BulkBody body, CaseAnswer found, Payout payout, Actor actor, DateTimeOffset now)
    {
        var waiting = payout.Pending.FirstOrDefault(known => known.Discrepancy == found.Id);
        var refusal = body.Action switch
        {
            BulkAction.Note => null,
            BulkAction.Assign or BulkAction.Unassign => found.Open ? null : ResolutionRefusal.CaseClosed,
            BulkAction.Propose => Resolving.Judge(
                payout, new Propose(Guid.Empty, found.Id, body.Outcome!.Value.Status(), "", DateTimeOffset.MaxValue, actor.PersonReference, now)).Refusal,
            _ when waiting is null => ResolutionRefusal.NotPending,
            _ => Resolving.Judge(payout, new Approve(waiting.Id, null, actor.PersonReference, now)).Refusal,
        };
        var problem = refusal is { } why ? CaseRefusals.Of(why, null, found) : null;
        return new BulkPlan(found.Id, found.Proposal?.Number ?? 0, problem is null ? Said(body, found) : null, problem, PrintOf(found, payout, waiting, refusal));
    }

    private static string Said(BulkBody body, CaseAnswer found)
    {
        var name = $"{found.Payout} ({found.Kind.Word().Replace('_', ' ')})";
        return body.Action switch
        {
            BulkAction.Assign => $"{name}: given to {(body.Owner == "me" ? "you" : body.Owner)}.",
            BulkAction.Unassign => $"{name}: let go of.",
            BulkAction.Note => $"{name}: noted.",
            BulkAction.Propose => $"{name}: proposed {Outcome(body.Outcome!.Value)}.",
            BulkAction.Approve => found.Proposal!.Outcome == ProposedOutcome.Dismiss
                ? $"{name}: accepted as it is; the payout stays {found.Status.Word()}."
                : $"{name}: {found.Status.Word()} becomes {found.Proposal.Outcome.Word()}.",
            _ => $"{name}: what {found.Proposal!.ProposedBy.Name} proposed is rejected.",
        };
    }

    private static string Outcome(ProposedOutcome outcome) => outcome == ProposedOutcome.Dismiss ? "to be accepted as it is" : $"as {outcome.Word()}";

    // Not the stream's version: our own asking moves that all the time and says nothing new.
    private static ReadOnlyMemory<byte> PrintOf(CaseAnswer found, Payout payout, Proposal? waiting, ResolutionRefusal? refusal) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(
            $"{found.Id} {found.State} {found.Status} {waiting?.Id} {refusal} {JsonSerializer.Serialize(payout.Claims, JsonShapes.Stored)}")).AsMemory(0, PrintBytes);

    private static async Task<Dictionary<string, Payout>> PayoutsAsync(NpgsqlDataSource database, string[] ids, CancellationToken cancellation)
    {
        // Served by the primary key.
        await using var command = database.CreateCommand($"select {KeptPayout.Columns} from reconciler.payouts where stream_id = any($1)");
        command.Parameters.Add(new NpgsqlParameter { Value = ids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var payouts = new Dictionary<string, Payout>(StringComparer.Ordinal);
        while (await row.ReadAsync(cancellation))
        {
            var payout = KeptPayout.Of(row).Payout;
            payouts.Add(payout.Id.StreamId, payout);
        }

        return payouts;
    }
}
