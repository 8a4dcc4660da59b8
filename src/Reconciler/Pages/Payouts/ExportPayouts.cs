using Npgsql;
using Reconciler.Connections;
using Reconciler.Finance;
using Reconciler.Pages.Reading;

namespace Reconciler.Pages.Payouts;

/// <summary>The list that a page shows, whole and as a file: a browser's link cannot ask for text/csv by a header.</summary>
internal static class ExportPayouts
{
    internal static IResult Handle(HttpContext context, NpgsqlDataSource database, Installation installation)
    {
        var query = PageQuery.Of(context.Request, "cursor", "limit");
        var filter = new PayoutFilter(query.Values, installation.RecipientKey);
        return filter.Problems.Count > 0
            ? Results.LocalRedirect(Addresses.With(Addresses.Payouts, context.Request.Query))
            : new PayoutCsv(filter, database);
    }
}
