using Reconciler.Access;
using Reconciler.Finance;
using Reconciler.Pages.Reading;

namespace Reconciler.Pages.Payouts;

/// <summary>The list that a page shows, whole and as a file: a browser's link cannot ask for text/csv by a header.</summary>
internal static class ExportPayouts
{
    internal static IResult Handle(HttpContext context, PayoutListing listing)
    {
        var query = PageQuery.Of(context.Request, "cursor", "limit");
        var filter = listing.Filter(query.Values, context.Actor().Connections);
        return filter.Problems.Count > 0
            ? Results.LocalRedirect(Addresses.With(Addresses.Payouts, context.Request.Query))
            : new PayoutCsv(filter, listing);
    }
}
