using Reconciler.Access;
using Reconciler.Bookkeeping;
using Reconciler.Hosting;

namespace Reconciler.Finance;

/// <summary>The list: filtered, newest first, by keyset, or whole as CSV; as things stand, or as they were known at a time.</summary>
internal static class ListPayouts
{
    internal static async Task<IResult> HandleAsync(
        [AsParameters] PayoutQuery documented, HttpContext context, PayoutListing listing, KnownPayouts known, CancellationToken cancellation)
    {
        var filter = listing.Filter(context.Request.Query, context.Actor().Connections);
        if (filter.Problems.Count > 0) return Problem.Invalid(filter.Problems);
        context.Response.Headers.Vary = "Accept";
        var isCsv = Accepts.Prefers(context.Request, Csv.ContentType);
        try
        {
            if (filter.Payouts.KnownAt is null)
                return isCsv ? new PayoutCsv(filter, listing) : TypedResults.Ok(await listing.PageAsync(filter, cancellation));
            return isCsv
                ? new KnownCsv(filter, await known.MomentAsync(filter, cancellation), known)
                : TypedResults.Ok(await known.PageAsync(filter, cancellation));
        }
        catch (BookBehind behind)
        {
            return Problem.Unavailable(behind.Message, BookBehind.RetryAfterSeconds);
        }
    }
}

/// <param name="NextCursor">For the next page; null on the last one.</param>
public sealed record PayoutPage(IReadOnlyList<PayoutAnswer> Items, string? NextCursor);
