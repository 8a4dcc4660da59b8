using Reconciler.Access;
using Reconciler.Hosting;

namespace Reconciler.Finance;

/// <summary>The list: filtered, newest first, by keyset; or the whole result as CSV.</summary>
internal static class ListPayouts
{
    internal static async Task<IResult> HandleAsync(
        [AsParameters] PayoutQuery documented, HttpContext context, PayoutListing listing, CancellationToken cancellation)
    {
        var filter = listing.Filter(context.Request.Query, context.Actor().Connections);
        if (filter.Problems.Count > 0) return Problem.Invalid(filter.Problems);
        context.Response.Headers.Vary = "Accept";
        return Accepts.Prefers(context.Request, Csv.ContentType)
            ? new PayoutCsv(filter, listing)
            : TypedResults.Ok(await listing.PageAsync(filter, cancellation));
    }
}

/// <param name="NextCursor">For the next page; null on the last one.</param>
public sealed record PayoutPage(IReadOnlyList<PayoutAnswer> Items, string? NextCursor);
