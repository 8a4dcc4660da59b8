using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Npgsql;
using Reconciler.Core;

namespace Reconciler.Finance;

/// <summary>
/// The whole result of a filter as CSV, read page by page so that no transaction and no memory grows with it. A cell that a spreadsheet
/// would take for a formula is quoted with an apostrophe: references and ids are other people's words.
/// </summary>
internal sealed class PayoutCsv(PayoutFilter filter, NpgsqlDataSource database) : IResult
{
    internal const string ContentType = "text/csv";
    private const int PageRows = 1_000;

    private static readonly CsvConfiguration Spelling = new(CultureInfo.InvariantCulture)
    {
        NewLine = "\r\n",
        InjectionOptions = InjectionOptions.Escape,
        InjectionCharacters = ['=', '+', '-', '@', '\t', '\r'],
    };

    private static readonly (string Name, Func<PayoutAnswer, string?> Cell)[] Columns =
    [
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
        ("firstSeenAt", payout => InstantConverter.Text(payout.FirstSeenAt)),
        ("lastHeardAt", payout => Text(payout.LastHeardAt)),
        ("lastPolledAt", payout => Text(payout.LastPolledAt)),
        ("finalAt", payout => Text(payout.FinalAt)),
    ];

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var cancellation = httpContext.RequestAborted;
        var page = await filter.ReadAsync(database, filter.After, PageRows, cancellation);
        var response = httpContext.Response;
        response.ContentType = $"{ContentType}; charset=utf-8; header=present";
        response.Headers.ContentDisposition = "attachment; filename=\"payouts.csv\"";
        await response.Body.WriteAsync(Rows(csv => Array.ForEach(Columns, column => csv.WriteField(column.Name))), cancellation);
        while (page.Count > 0)
        {
            await response.Body.WriteAsync(Rows(page), cancellation);
            page = page.Count < PageRows ? [] : await filter.ReadAsync(database, filter.CursorAt(page[^1]), PageRows, cancellation);
        }
    }

    private static byte[] Rows(List<KeptPayout> page) =>
        Rows(page.Select(PayoutAnswer.Of).Select<PayoutAnswer, Action<CsvWriter>>(
            payout => csv => Array.ForEach(Columns, column => csv.WriteField(column.Cell(payout)))));

    // Into memory first: the writer is synchronous, and a response must not be.
    private static byte[] Rows(params IEnumerable<Action<CsvWriter>> rows)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var csv = new CsvWriter(text, Spelling))
        {
            foreach (var row in rows)
            {
                row(csv);
                csv.NextRecord();
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string? Text(DateTimeOffset? instant) => instant is { } at ? InstantConverter.Text(at) : null;
}
