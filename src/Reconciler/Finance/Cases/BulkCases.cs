using System.Buffers.Text;
using System.Diagnostics;
using Npgsql;
using Reconciler.Access;
using Reconciler.Appending;
using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Finance.Cases;

/// <summary>
/// Does the same to many cases, in two steps: a preview that tells what would become of each, and then, with its token, exactly that.
/// A case that is no longer what it was in the preview is left alone.
/// </summary>
public sealed class BulkCases(NpgsqlDataSource database, ResolveCase resolve, TendCase tend, TimeProvider clock)
{
    private const int DigestBytes = 16;
    private const int AtOnce = 8;
    private const int TokenCharactersMax = 4 * (DigestBytes + BulkBody.CasesMax * BulkPlan.PrintBytes) / 3 + 4;

    public async Task<(BulkAnswer? Answer, Problem? Problem)> HandleAsync(BulkBody body, Actor actor, CancellationToken cancellation)
    {
        if (body.Refusal() is { } problem) return (null, problem);
        var scope = body.Action is BulkAction.Approve or BulkAction.Reject ? Scope.FinanceApprove : Scope.FinanceResolve;
        if (CaseRefusals.Missing(actor, scope) is { } missing) return (null, missing);
        var plans = await BulkPlan.OfAsync(database, body, actor, clock.GetUtcNow().ToMicrosecond(), cancellation);
        if (body.Preview == true) return (new BulkAnswer([.. plans.Select(Previewed)], TokenOf(body, actor, plans)), null);
        return PrintsOf(body, actor) is { } prints
            ? (new BulkAnswer(await DoAsync(body, plans, prints, actor, cancellation), null), null)
            : (null, new Problem(ProblemKind.PreviewMismatch, "The token belongs to another request, or to another caller's. Preview this one first."));
    }

    internal static async Task<IResult> RouteAsync(HttpContext context, BulkCases bulk, CancellationToken cancellation)
    {
        var (body, unread) = await CaseBody.ReadAsync<BulkBody>(context, cancellation);
        if (body is null) return unread!;
        var (answer, problem) = await bulk.HandleAsync(body, context.Actor(), cancellation);
        return problem ?? (IResult)TypedResults.Ok(answer);
    }

    private static BulkItem Previewed(BulkPlan plan) => plan.Problem is { } problem
        ? new BulkItem(plan.Id, BulkOutcome.Refused, null, problem.Body)
        : new BulkItem(plan.Id, BulkOutcome.WouldBeDone, plan.Text, null);

    private async Task<BulkItem[]> DoAsync(BulkBody body, List<BulkPlan> plans, byte[] prints, Actor actor, CancellationToken cancellation)
    {
        var items = new BulkItem[plans.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation };
        await Parallel.ForAsync(0, plans.Count, options, async (at, stopped) =>
        {
            var isAsPreviewed = plans[at].Print.Span.SequenceEqual(prints.AsSpan(at * BulkPlan.PrintBytes, BulkPlan.PrintBytes));
            items[at] = isAsPreviewed
                ? await DoAsync(body, plans[at], actor, stopped)
                : new BulkItem(plans[at].Id, BulkOutcome.Changed, null, new Problem(
                    ProblemKind.PreviewMismatch, "The case or its evidence changed since the preview. Nothing was done to it; look at it again.").Body);
        });
        return items;
    }

    private async Task<BulkItem> DoAsync(BulkBody body, BulkPlan plan, Actor actor, CancellationToken cancellation)
    {
        if (plan.Problem is not null) return Previewed(plan);
        try
        {
            var result = await ActAsync(body, plan, actor, cancellation);
            return result.Problem is { } problem
                ? new BulkItem(plan.Id, BulkOutcome.Refused, null, problem.Body)
                : new BulkItem(plan.Id, BulkOutcome.Done, plan.Text, null);
        }
        catch (AppendUnavailable)
        {
            // The others may have been done, and their results must be told.
            var problem = Problem.Unavailable("It could not be made permanent now. Look at the case, and try again.", AppendUnavailable.RetryAfterSeconds);
            return new BulkItem(plan.Id, BulkOutcome.Failed, null, problem.Body);
        }
    }

    private Task<CaseResult> ActAsync(BulkBody body, BulkPlan plan, Actor actor, CancellationToken cancellation) => body.Action switch
    {
        BulkAction.Assign => tend.AssignAsync(plan.Id, body.Owner == "me" ? actor.PersonReference : body.Owner, actor, cancellation),
        BulkAction.Unassign => tend.AssignAsync(plan.Id, null, actor, cancellation),
        BulkAction.Note => tend.NoteAsync(plan.Id, body.Note!, actor, cancellation),
        BulkAction.Propose => resolve.ProposeAsync(plan.Id, body.Outcome!.Value, body.Note!, actor, cancellation),
        BulkAction.Approve => resolve.ApproveAsync(plan.Id, plan.Number, body.Note, actor, cancellation),
        BulkAction.Reject => resolve.RejectAsync(plan.Id, plan.Number, body.Note!, actor, cancellation),
        _ => throw new UnreachableException("A body without an action was refused."),
    };

    private static string TokenOf(BulkBody body, Actor actor, List<BulkPlan> plans) =>
        Base64Url.EncodeToString([.. body.Digest(actor).AsSpan(0, DigestBytes), .. plans.SelectMany(plan => plan.Print.ToArray())]);

    /// <summary>The prints of a token that belongs to this very request; null where it does not.</summary>
    private static byte[]? PrintsOf(BulkBody body, Actor actor)
    {
        if (body.Token is not { Length: <= TokenCharactersMax } token || !Base64Url.IsValid(token)) return null;
        var bytes = Base64Url.DecodeFromChars(token);
        return bytes.Length == DigestBytes + body.Ids!.Value.Length * BulkPlan.PrintBytes
            && bytes.AsSpan(0, DigestBytes).SequenceEqual(body.Digest(actor).AsSpan(0, DigestBytes))
                ? bytes[DigestBytes..]
                : null;
    }
}
