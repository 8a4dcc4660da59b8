using System.Globalization;
using System.Runtime.CompilerServices;
using Reconciler.Bookkeeping;
using Reconciler.Core;

namespace Reconciler.Finance;

/// <summary>
/// The whole result of a filter as it was known at a time. Its columns are those that the feed tells: exported again in a year, after
/// whatever reversal, the file is the same to the byte.
/// </summary>
internal sealed class KnownCsv(PayoutFilter filter, KnownMoment moment, KnownPayouts payouts) : IResult
{
    private const int PageRows = 1_000;

    private static readonly CsvColumns<KnownPayoutAnswer> Columns = new(
        ("id", payout => payout.Id),
        ("connection", payout => payout.Connection.ToString()),
        ("provider", payout => payout.Provider.Word()),
        ("providerPayoutId", payout => payout.ProviderPayoutId),
        ("reference", payout => payout.Reference),
        ("status", payout => payout.Status.Word()),
        ("final", payout => payout.Final ? "true" : "false"),
        ("confidence", payout => payout.Confidence.Word()),
        ("statusVersion", payout => payout.StatusVersion.ToString(CultureInfo.InvariantCulture)),
        ("amount", payout => payout.Amount),
        ("currency", payout => payout.Currency),
        ("failureCode", payout => payout.Failure?.Code.Word()),
        ("failureProviderCode", payout => payout.Failure?.ProviderCode),
        ("openDiscrepancies", payout => string.Join(' ', payout.OpenDiscrepancies.Select(kind => kind.Word()))),
        ("firstSeenAt", payout => Csv.Text(payout.FirstSeenAt)),
        ("finalRecordedAt", payout => Csv.Text(payout.FinalRecordedAt)),
        ("changedAt", payout => Csv.Text(payout.ChangedAt)),
        ("position", payout => payout.Position.ToString(CultureInfo.InvariantCulture)));

    public Task ExecuteAsync(HttpContext httpContext) => Csv.WriteAsync(
        httpContext.Response, "payouts-known.csv", filter.HasBom, Columns, PagesAsync(httpContext.RequestAborted), httpContext.RequestAborted);

    private async IAsyncEnumerable<List<KnownPayoutAnswer>> PagesAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var after = filter.After;
        while (true)
        {
            var page = await payouts.ReadAsync(filter, moment, after, PageRows, cancellation);
            if (page.Count > 0) yield return page;
            if (page.Count < PageRows) yield break;
            after = KnownPayouts.CursorAfter(filter, page[^1]);
        }
    }
}
