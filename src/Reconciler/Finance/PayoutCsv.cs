using System.Runtime.CompilerServices;
using Reconciler.Core;

namespace Reconciler.Finance;

/// <summary>The whole result of a filter as CSV, read page by page so that no transaction and no memory grows with it.</summary>
internal sealed class PayoutCsv(PayoutFilter filter, PayoutListing listing) : IResult
{
    private const int PageRows = 1_000;

    private static readonly CsvColumns<PayoutAnswer> Columns = new(
        ("id", payout => payout.Id),
        ("connection", payout => payout.Connection.ToString()),
        ("provider", payout => payout.Provider.Word()),
        ("providerPayoutId", payout => payout.ProviderPayoutId),
        ("reference", payout => payout.Reference),
        ("status", payout => payout.Status.Word()),
        ("final", payout => payout.Final ? "true" : "false"),
        ("confidence", payout => payout.Confidence.Word()),
        ("amount", payout => payout.Amount),
        ("currency", payout => payout.Currency),
        ("recipient", payout => payout.Recipient),
        ("providerReference", payout => payout.ProviderReference),
        ("failureCode", payout => payout.Failure?.Code.Word()),
        ("failureProviderCode", payout => payout.Failure?.ProviderCode),
        ("expectedAmount", payout => payout.Expected?.Amount),
        ("expectedCurrency", payout => payout.Expected?.Currency),
        ("openDiscrepancies", payout => string.Join(' ', payout.OpenDiscrepancies.Select(kind => kind.Word()))),
        ("firstSeenAt", payout => Csv.Text(payout.FirstSeenAt)),
        ("lastHeardAt", payout => Csv.Text(payout.LastHeardAt)),
        ("lastPolledAt", payout => Csv.Text(payout.LastPolledAt)),
        ("finalAt", payout => Csv.Text(payout.FinalAt)));

    public Task ExecuteAsync(HttpContext httpContext) => Csv.WriteAsync(
        httpContext.Response, "payouts.csv", filter.HasBom, Columns, PagesAsync(httpContext.RequestAborted), httpContext.RequestAborted);

    private async IAsyncEnumerable<List<PayoutAnswer>> PagesAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var after = filter.After;
        while (true)
        {
            var page = await listing.ReadAsync(filter, after, PageRows, cancellation);
            if (page.Count > 0) yield return page.ConvertAll(listing.Answer);
            if (page.Count < PageRows) yield break;
            after = PayoutListing.CursorAfter(filter, page[^1]);
        }
    }
}
