using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Reconciler.Core;

namespace Reconciler.Finance;

/// <summary>
/// How tables are spelled as CSV. A cell that a spreadsheet would take for a formula is quoted with an apostrophe: references and ids are
/// other people's words.
/// </summary>
internal static class Csv
{
    internal const string ContentType = "text/csv";

    private static readonly CsvConfiguration Spelling = new(CultureInfo.InvariantCulture)
    {
        NewLine = "\r\n",
        InjectionOptions = InjectionOptions.Escape,
        InjectionCharacters = ['=', '+', '-', '@', '\t', '\r'],
    };

    /// <summary>Streams a table: the head, then page after page, so that no memory grows with it.</summary>
    /// <param name="hasBom">Whether it begins with the byte order mark that makes spreadsheets read it as UTF-8.</param>
    internal static async Task WriteAsync<TRow>(
        HttpResponse response, string fileName, bool hasBom, CsvColumns<TRow> columns, IAsyncEnumerable<List<TRow>> pages, CancellationToken cancellation)
    {
        // The first page before the answer begins: a query that fails is then still told as a problem.
        await using var page = pages.GetAsyncEnumerator(cancellation);
        var hasPage = await page.MoveNextAsync();
        response.ContentType = $"{ContentType}; charset=utf-8; header=present";
        response.Headers.ContentDisposition = $"attachment; filename=\"{fileName}\"";
        if (hasBom) await response.Body.WriteAsync(Encoding.UTF8.Preamble.ToArray(), cancellation);
        await response.Body.WriteAsync(Text([columns.Names]), cancellation);
        for (; hasPage; hasPage = await page.MoveNextAsync())
            await response.Body.WriteAsync(Text(page.Current.Select(columns.Cells)), cancellation);
    }

    internal static string? Text(DateTimeOffset? instant) => instant is { } at ? InstantConverter.Text(at) : null;

    // Into memory first: the writer is synchronous, and a response must not be.
    private static byte[] Text(IEnumerable<IEnumerable<string?>> rows)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var csv = new CsvWriter(text, Spelling))
        {
            foreach (var row in rows)
            {
                foreach (var cell in row) csv.WriteField(cell);
                csv.NextRecord();
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}

/// <summary>The columns of a table.</summary>
internal sealed class CsvColumns<TRow>(params (string Name, Func<TRow, string?> Cell)[] columns)
{
    internal IEnumerable<string?> Names => columns.Select(column => column.Name);

    internal IEnumerable<string?> Cells(TRow row) => columns.Select(column => column.Cell(row));
}
