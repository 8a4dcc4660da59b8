using System.ComponentModel;
using Npgsql;
using Reconciler.Access;
using Reconciler.Access.Audit;
using Reconciler.Connections;
using Reconciler.Finance;
using Reconciler.Hosting;

namespace Reconciler.Ingest.Unreadable;

/// <summary>The operator's routes about deliveries that were signed, and not understood.</summary>
internal static class UnreadableRoutes
{
    private const string All = "/v1/connections/{key}/unreadable";

    private const string Again = """
        For after an upgrade that understands more: each of them is read anew. What is understood now counts as of when it came, and makes
        its payout's events, changes and cases as it would have then. May be asked for again at any time; each delivery counts once.
        """;

    internal static void MapUnreadable(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListAsync).RequireScope(Scope.Admin)
            .WithTags("Connections").WithSummary("Deliveries that were verified and not understood")
            .WithDescription("Newest first. Keyset paging: send nextCursor back as cursor.")
            .Produces<UnreadablePage>()
            .Refuses(404, 422);
        routes.MapGet(All + "/{digest}", GetEvidence.OfUnreadableAsync).RequireScope(Scope.Admin)
            .WithTags("Connections").WithSummary("The kept bytes of one of them")
            .WithDescription("With Accept: application/octet-stream the bytes alone, as they came.")
            .Produces<EvidenceAnswer>(StatusCodes.Status200OK, "application/json", GetEvidence.Bytes)
            .Refuses(404, 410);
        routes.MapPost(All + "/read", ReadAsync).RequireScope(Scope.Admin)
            .WithTags("Connections").WithSummary("Read them again")
            .WithDescription(Again)
            .Produces<ReadAgainAnswer>()
            .Refuses(404, 503);
    }

    private static async Task<IResult> ListAsync(
        string key,
        [Description("1 to 500; 50 where not given.")] string? limit,
        [Description("nextCursor of the page before.")] string? cursor,
        HttpContext context, ConnectionRegistry registry, NpgsqlDataSource database, CancellationToken cancellation)
    {
        if (registry.Find(key) is not { } connection) return ReadConnections.Unknown(key);
        var (page, problem) = await UnreadableDeliveries.PageAsync(context.Request.Query, connection.Settings.Key, database, cancellation);
        return problem is null ? TypedResults.Ok(page) : problem;
    }

    private static async Task<IResult> ReadAsync(
        string key, HttpContext context, ConnectionRegistry registry, ReadUnreadableAgain unreadable, AuditLog audit, CancellationToken cancellation)
    {
        if (registry.Find(key) is not { } connection) return ReadConnections.Unknown(key);
        return TypedResults.Ok(await unreadable.HandleAsync(connection, new ConnectionAudit(audit, context.Actor()), cancellation));
    }
}
