using System.Text.Json;
using Reconciler.Access;
using Reconciler.Access.Audit;
using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Connections;

/// <summary>Pauses and resumes a connection: it is kept, and neither polled nor accepted, on every node within five seconds.</summary>
internal sealed class PauseConnection(ConnectionEditor editor, ConnectionRegistry registry)
{
    public async Task<Problem?> SetAsync(ConnectionKey key, bool isPaused, string? why, ConnectionAudit audit, CancellationToken cancellation)
    {
        var (outcome, problem) = await editor.AmendAsync(
            key,
            (_, document, _) => Task.FromResult<(GivenConnection?, Problem?)>((new GivenConnection(document with { Paused = isPaused }, null, null), null)),
            isPaused ? "connection.paused" : "connection.resumed", why, audit, cancellation);
        if (problem is not null) return problem;
        if (outcome!.Row is null) return Problem.Invalid([.. outcome.Problems.Select(one => new FieldProblem(one.Field, one.Problem))]);
        await registry.RefreshAsync(cancellation);
        return null;
    }

    internal static Task<IResult> PauseAsync(
        string key, HttpContext context, PauseConnection pause, ConnectionStore store, AuditLog audit, CancellationToken cancellation) =>
        HandleAsync(key, isPaused: true, context, pause, store, audit, cancellation);

    internal static Task<IResult> ResumeAsync(
        string key, HttpContext context, PauseConnection pause, ConnectionStore store, AuditLog audit, CancellationToken cancellation) =>
        HandleAsync(key, isPaused: false, context, pause, store, audit, cancellation);

    private static async Task<IResult> HandleAsync(
        string key, bool isPaused, HttpContext context, PauseConnection pause, ConnectionStore store, AuditLog audit, CancellationToken cancellation)
    {
        if (!ConnectionKey.TryParse(key, out var known)) return ReadConnections.Unknown(key);
        string? why;
        try
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, cancellation);
            why = body.Length == 0 ? null : JsonSerializer.Deserialize<PauseReason>(body.GetBuffer().AsSpan(0, (int)body.Length), JsonShapes.Answered)?.Why;
        }
        catch (JsonException)
        {
            return Problem.Invalid("", "It cannot be read: the body is {why}, or nothing.");
        }

        var audited = new ConnectionAudit(audit, context.Actor());
        if (await pause.SetAsync(known, isPaused, why, audited, cancellation) is { } problem) return problem;
        return await store.FindAsync(known, cancellation) is { } row ? ReadConnections.Answer(row.Document, StatusCodes.Status200OK) : ReadConnections.Unknown(key);
    }
}

/// <param name="Why">In the actor's own words, for the audit log.</param>
public sealed record PauseReason(string? Why);
