using Npgsql;
using Reconciler.Connections;
using Reconciler.Hosting;

namespace Reconciler.Finance;

/// <summary>The list: filtered, newest first, by keyset; or the whole result as CSV.</summary>
internal static class ListPayouts
{
    internal static async Task<IResult> HandleAsync(
        [AsParameters] PayoutQuery documented, HttpContext context, NpgsqlDataSource database, Installation installation, CancellationToken cancellation)
    {
        var filter = new PayoutFilter(context.Request.Query, installation.RecipientKey);
        if (filter.Problems.Count > 0) return Problem.Invalid(filter.Problems);
        context.Response.Headers.Vary = "Accept";
        if (Accepts.Prefers(context.Request, PayoutCsv.ContentType)) return new PayoutCsv(filter, database);

        // One more than asked for tells whether there is a next page.
        var rows = await filter.ReadAsync(database, filter.After, filter.Limit + 1, cancellation);
        var items = rows.Take(filter.Limit).Select(PayoutAnswer.Of).ToList();
        return TypedResults.Ok(new PayoutPage(items, rows.Count > filter.Limit ? filter.CursorAt(rows[filter.Limit - 1]).Text : null));
    }
}

/// <param name="NextCursor">For the next page; null on the last one.</param>
public sealed record PayoutPage(IReadOnlyList<PayoutAnswer> Items, string? NextCursor);
