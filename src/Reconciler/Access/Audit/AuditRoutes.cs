using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Reconciler.Core;
using Reconciler.Finance;
using Reconciler.Hosting;

namespace Reconciler.Access.Audit;

/// <summary>The audit log, as it is read: nothing writes to it but what it tells of.</summary>
internal static class AuditRoutes
{
    private static readonly CsvColumns<AuditEntry> Columns = new(
        ("number", entry => entry.Number.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ("recordedAt", entry => InstantConverter.Text(entry.RecordedAt)),
        ("actorKind", entry => entry.ActorKind.Word()),
        ("actorId", entry => entry.ActorId),
        ("actorName", entry => entry.ActorName),
        ("act", entry => entry.Act),
        ("subject", entry => entry.Subject),
        ("before", entry => entry.Before),
        ("after", entry => entry.After),
        ("why", entry => entry.Why),
        ("address", entry => entry.Address),
        ("userAgent", entry => entry.UserAgent));

    internal static IEndpointRouteBuilder MapAudit(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/audit", ListAsync).RequireScope(Scope.Admin)
            .WithTags("Audit").WithSummary("Who did what, newest first")
            .WithDescription("Keyset paging: send nextCursor back as cursor. With Accept: text/csv the whole result is streamed.")
            .Produces<AuditAnswerPage>(StatusCodes.Status200OK, "application/json", Csv.ContentType)
            .Refuses(422);
        routes.MapGet("/v1/audit/verdict", VerifyAsync).RequireScope(Scope.Admin)
            .WithTags("Audit").WithSummary("Whether the log is whole, and nothing in it was changed")
            .WithDescription("Reads all of it. The hash names the log's end: compare it with the one that the service logged, or with an earlier verdict's.")
            .Produces<AuditVerdict>()
            .Refuses();
        return routes;
    }

    private static async Task<IResult> ListAsync(
        [AsParameters] AuditParameters documented, HttpContext context, NpgsqlDataSource database, CancellationToken cancellation)
    {
        var query = new AuditQuery(context.Request.Query);
        if (query.Problems.Count > 0) return Problem.Invalid(query.Problems);
        context.Response.Headers.Vary = "Accept";
        if (Accepts.Prefers(context.Request, Csv.ContentType)) return new Table(query, database);
        var (items, next) = await query.PageAsync(database, cancellation);
        return TypedResults.Ok(new AuditAnswerPage([.. items.Select(AuditAnswer.Of)], next));
    }

    private static async Task<IResult> VerifyAsync(AuditChain chain, CancellationToken cancellation) =>
        TypedResults.Ok(await chain.VerifyAsync(cancellation));

    /// <summary>The whole result as CSV.</summary>
    internal sealed class Table(AuditQuery query, NpgsqlDataSource database) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => Csv.WriteAsync(
            httpContext.Response, "audit.csv", false, Columns, query.AllAsync(database, httpContext.RequestAborted), httpContext.RequestAborted);
    }
}

/// <summary>The query of the list, as it is documented.</summary>
public sealed record AuditParameters(
    [property: FromQuery(Name = "act"), Description("What was done, like key.created.")] string? Act,
    [property: FromQuery(Name = "actor"), Description("Id of a key or user.")] string? Actor,
    [property: FromQuery(Name = "subject"), Description("What it was done to, like connection:zopay-live.")] string? Subject,
    [property: FromQuery(Name = "from"), Description("At or after this RFC 3339 time or day (UTC).")] string? From,
    [property: FromQuery(Name = "to"), Description("Before this RFC 3339 time or day (UTC).")] string? To,
    [property: FromQuery(Name = "limit"), Description("1 to 500; 50 where not given. Not for CSV, which is whole.")] string? Limit,
    [property: FromQuery(Name = "cursor"), Description("nextCursor of the page before, with the same filters.")] string? Cursor);

/// <param name="NextCursor">For the next page, of older entries; null on the last one.</param>
public sealed record AuditAnswerPage(IReadOnlyList<AuditAnswer> Items, string? NextCursor);

/// <summary>One act.</summary>
/// <param name="Number">1, 2, 3… without holes.</param>
/// <param name="Before">What was; null where there was nothing.</param>
/// <param name="After">What is now; null where nothing is left.</param>
public sealed record AuditAnswer(
    long Number, DateTimeOffset RecordedAt, ActorKind ActorKind, string ActorId, string ActorName, string Act, string? Subject, JsonElement? Before,
    JsonElement? After, string? Why, string? Address, string? UserAgent)
{
    internal static AuditAnswer Of(AuditEntry entry) => new(
        entry.Number, entry.RecordedAt, entry.ActorKind, entry.ActorId, entry.ActorName, entry.Act, entry.Subject, Json(entry.Before), Json(entry.After),
        entry.Why, entry.Address, entry.UserAgent);

    private static JsonElement? Json(string? text) => text is null ? null : JsonElement.Parse(text);
}
