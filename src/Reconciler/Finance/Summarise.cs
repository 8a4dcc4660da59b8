using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Reconciler.Access;
using Reconciler.Bookkeeping;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Finance;

/// <summary>Counts and sums: as things stand, or as they were known at a time.</summary>
internal static class Summarise
{
    private static readonly CsvColumns<SummaryRow> Columns = new(
        ("day", row => row.Day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        ("connection", row => row.Connection),
        ("status", row => row.Status?.Word()),
        ("currency", row => row.Currency),
        ("count", row => row.Count.ToString(CultureInfo.InvariantCulture)),
        ("amount", row => row.Amount));

    internal static async Task<IResult> HandleAsync(
        [AsParameters] SummaryQuery documented, HttpContext context, Summaries summaries, Installation installation, TimeProvider clock,
        CancellationToken cancellation)
    {
        var filter = new SummaryFilter(context.Request.Query, installation.RecipientKey, context.Actor().Connections, clock.GetUtcNow());
        if (filter.Problems.Count > 0) return Problem.Invalid(filter.Problems);
        context.Response.Headers.Vary = "Accept";
        try
        {
            var summary = await summaries.ReadAsync(filter, cancellation);
            return Accepts.Prefers(context.Request, Csv.ContentType) ? new Table(summary, filter.HasBom) : TypedResults.Ok(summary);
        }
        catch (BookBehind behind)
        {
            return Problem.Unavailable(behind.Message, BookBehind.RetryAfterSeconds);
        }
    }

    private sealed class Table(SummaryAnswer summary, bool hasBom) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => Csv.WriteAsync(
            httpContext.Response, "summary.csv", hasBom, Columns, new[] { summary.Rows.ToList() }.ToAsyncEnumerable(), httpContext.RequestAborted);
    }
}

/// <summary>The query of the summary, as it is documented: the list's filters, and what it is by.</summary>
public sealed record SummaryQuery(
    [property: FromQuery(Name = "connection"), Description("Key of a connection; may be repeated.")] string[]? Connection,
    [property: FromQuery(Name = "provider"), Description("Provider; may be repeated.")] string[]? Provider,
    [property: FromQuery(Name = "status"), Description("Status; may be repeated.")] string[]? Status,
    [property: FromQuery(Name = "final"), Description("true or false.")] string? Final,
    [property: FromQuery(Name = "confidence"), Description("Confidence; may be repeated.")] string[]? Confidence,
    [property: FromQuery(Name = "currency"), Description("ISO 4217 code; may be repeated.")] string[]? Currency,
    [property: FromQuery(Name = "reference"), Description("The payout service's own reference, exactly.")] string? Reference,
    [property: FromQuery(Name = "recipient"), Description("The recipient's full number; not with knownAt.")] string? Recipient,
    [property: FromQuery(Name = "minAmount"), Description("Decimal text; inclusive.")] string? MinAmount,
    [property: FromQuery(Name = "maxAmount"), Description("Decimal text; inclusive.")] string? MaxAmount,
    [property: FromQuery(Name = "from"), Description("First seen at or after this RFC 3339 time or day (UTC). By whole days it is fastest.")] string? From,
    [property: FromQuery(Name = "to"), Description("First seen before this RFC 3339 time or day (UTC).")] string? To,
    [property: FromQuery(Name = "discrepancy"), Description("Kind of an open discrepancy, or any; may be repeated.")] string[]? Discrepancy,
    [property: FromQuery(Name = "q"), Description("As in the list.")] string? Q,
    [property: FromQuery(Name = "by"), Description("day, connection, status; may be repeated; all three where not given. By currency it always is.")] string[]? By,
    [property: FromQuery(Name = "knownAt"), Description("As it was known at this RFC 3339 time, which is not in the future: the same whenever it is asked.")] string? KnownAt,
    [property: FromQuery(Name = "bom"), Description("true: CSV begins with the byte order mark that spreadsheets want.")] string? Bom);
