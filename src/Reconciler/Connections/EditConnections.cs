using Reconciler.Access;
using Reconciler.Access.Audit;
using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Connections;

/// <summary>PUT and DELETE of one connection. This node uses the change before it answers.</summary>
internal static class EditConnections
{
    public static readonly string KeyRule = $"A key has 1 to {ConnectionKey.LengthMax} of a-z, 0-9 and '-', and does not begin with '-'.";

    public static string InUse(string key) =>
        $"'{key}' knows payouts, or keeps what its provider sent: it is part of their history, and stays. It can be paused.";

    public static async Task<IResult> PutAsync(
        string key, HttpRequest request, ConnectionEditor editor, ConnectionRegistry registry, AuditLog audit, CancellationToken cancellation)
    {
        if (!ConnectionKey.TryParse(key, out var known))
            return Problem.Invalid("key", KeyRule);
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellation);
        var outcome = await editor.PutAsync(known, body.GetBuffer().AsMemory(0, (int)body.Length), cancellation, new ConnectionAudit(audit, request.HttpContext.Actor()));
        if (outcome.Row is not { } row)
            return Problem.Invalid([.. outcome.Problems.Select(problem => new FieldProblem(problem.Field, problem.Problem))]);
        await registry.RefreshAsync(cancellation);
        if (outcome.Kind != PutKind.Created) return ReadConnections.Answer(row.Document, StatusCodes.Status200OK);
        request.HttpContext.Response.Headers.Location = $"/v1/connections/{known}";
        return ReadConnections.Answer(row.Document, StatusCodes.Status201Created);
    }

    public static async Task<IResult> DeleteAsync(
        string key, HttpContext context, ConnectionEditor editor, ConnectionRegistry registry, AuditLog audit, CancellationToken cancellation)
    {
        var outcome = ConnectionKey.TryParse(key, out var known)
            ? await editor.DeleteAsync(known, cancellation, new ConnectionAudit(audit, context.Actor()))
            : DeleteOutcome.Unknown;
        if (outcome == DeleteOutcome.Unknown) return ReadConnections.Unknown(key);
        if (outcome == DeleteOutcome.HasPayouts)
            return new Problem(ProblemKind.ConnectionInUse, InUse(key));
        await registry.RefreshAsync(cancellation);
        return TypedResults.NoContent();
    }
}
