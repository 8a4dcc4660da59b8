using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Reconciler.Access;
using Reconciler.Access.Audit;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Hosting;
using Reconciler.Ingest.Unreadable;
using Reconciler.Pages.AccessPages;

namespace Reconciler.Pages.ConnectionPages;

/// <summary>What an administrator does on a connection's page. What it shows afterwards is the page itself, with what came of it.</summary>
internal sealed class OperateConnections(
    ConnectionRegistry registry, CheckConnection check, TestEndpoint test, PauseConnection pause, RotateSecrets secrets, ReadUnreadableAgain unreadable,
    AuditLog audit)
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/connections/{connection}/{act}", HandleAsync).RequireScope(Scope.Admin).RequireForm().ExcludeFromDescription();

    private static async Task<IResult> HandleAsync(
        string connection, string act, HttpContext context, OperateConnections operate, CancellationToken cancellation) =>
        ConnectionKey.TryParse(connection, out var key) && operate.registry.Find(connection) is { } open && context.Actor().Connections.Allow(key)
            ? await operate.ActAsync(open, key, act, context, cancellation)
            : Results.NotFound();

    private readonly ConnectionRegistry registry = registry;

    private async Task<IResult> ActAsync(OpenConnection open, ConnectionKey key, string act, HttpContext context, CancellationToken cancellation)
    {
        var (form, audited) = (context.Request.Form, new ConnectionAudit(audit, context.Actor()));
        switch (act)
        {
            case "check":
                var (answer, spent) = await check.AskAsync(open, cancellation);
                if (answer is not null) await audited.DoneAsync(key, "connection.checked", answer, cancellation);
                return Page(key, spent, answer);
            case "test":
                var probed = await test.SendAsync(open, EndpointToRegister.UrlOf(open, context.Request), cancellation);
                await audited.DoneAsync(key, "connection.endpoint_tested", probed, cancellation);
                return Page(key, null, probed: probed);
            case "pause" or "resume":
                return Done(key, await pause.SetAsync(key, act == "pause", null, audited, cancellation));
            case "read":
                var came = await unreadable.HandleAsync(open, audited, cancellation);
                return new RazorComponentResult<UnreadablePage>(new Dictionary<string, object?>
                {
                    [nameof(UnreadablePage.Key)] = key.ToString(), [nameof(UnreadablePage.Came)] = came,
                });
            case "add":
                var json = JsonSerializer.SerializeToUtf8Bytes(new { id = form["id"].ToString(), secret = form["secret"].ToString() });
                return Done(key, await secrets.AddAsync(key, json, audited, cancellation));
            case "retire":
                return Done(key, await secrets.RetireAsync(key, form["id"].ToString(), isForced: false, audited, cancellation));
            default:
                return Results.NotFound();
        }
    }

    private static IResult Done(ConnectionKey key, Problem? problem) =>
        problem is null ? Results.LocalRedirect($"{Reading.Addresses.Connections}/{key}") : Page(key, problem);

    private static RazorComponentResult<ConnectionPage> Page(ConnectionKey key, Problem? problem, CheckAnswer? answer = null, ProbeAnswer? probed = null) =>
        new(new Dictionary<string, object?>
        {
            [nameof(ConnectionPage.Key)] = key.ToString(),
            [nameof(ConnectionPage.Trouble)] = problem?.Body.Detail,
            [nameof(ConnectionPage.Checked)] = answer,
            [nameof(ConnectionPage.Probed)] = probed,
        })
        {
            StatusCode = problem?.Kind.Status ?? StatusCodes.Status200OK,
        };
}
