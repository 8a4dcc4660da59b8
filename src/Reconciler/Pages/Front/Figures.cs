using System.Collections.Immutable;
using System.Globalization;
using Reconciler.Core;
using Reconciler.Finance;

namespace Reconciler.Pages.Front;

/// <summary>One row of a chart: what a name's money adds up to, by status, in one currency.</summary>
/// <param name="Parts">In the order of the statuses; places and widths are shares of <see cref="Figures.Wide"/>.</param>
public sealed record MoneyBar(string Name, string? Currency, long Count, string? Amount, ImmutableArray<MoneyPart> Parts)
{
    public string Summary => $"{Name}: {string.Join(", ", Parts.Select(part => part.Text))}";
}

/// <summary>One status of one bar.</summary>
public sealed record MoneyPart(PayoutStatus Status, long Count, string? Amount, string? Currency, int X, int Width)
{
    public string Text => $"{Status.Word()} {Parts.Amounts.Count(Count)}{(Amount is null ? "" : $", {Parts.Amounts.Grouped(Amount)} {Currency}")}";
}

/// <summary>Sums as charts want them. All of it is integers and decimals: a chart of money is money, too.</summary>
internal static class Figures
{
    internal const int Wide = 1_000;

    /// <summary>One bar for each name and currency, the largest of a currency as wide as can be.</summary>
    internal static ImmutableArray<MoneyBar> Bars(IEnumerable<(string Name, SummaryRow Row)> rows) =>
    [
        .. rows.Where(row => row.Row.Status is not null).GroupBy(row => row.Row.Currency).OrderBy(ofOne => ofOne.Key is null)
            .ThenByDescending(ofOne => ofOne.Sum(row => row.Row.Count)).SelectMany(ofOne => OfCurrency(ofOne.Key, [.. ofOne])),
    ];

    private static IEnumerable<MoneyBar> OfCurrency(string? currency, List<(string Name, SummaryRow Row)> rows)
    {
        var names = rows.GroupBy(row => row.Name).Select(name => (Name: name.Key, Rows: name.Select(row => row.Row).ToList())).ToList();
        var most = names.Max(name => name.Rows.Sum(Weight));
        return names.OrderByDescending(name => name.Rows.Sum(Weight)).ThenBy(name => name.Name, StringComparer.Ordinal)
            .Select(name => Bar(name.Name, currency, name.Rows, most));
    }

    private static MoneyBar Bar(string name, string? currency, List<SummaryRow> rows, decimal most)
    {
        var parts = ImmutableArray.CreateBuilder<MoneyPart>();
        var until = 0m;
        foreach (var ofOne in rows.GroupBy(row => row.Status!.Value).OrderBy(ofOne => ofOne.Key))
        {
            var from = Place(until, most);
            until += ofOne.Sum(Weight);
            parts.Add(new MoneyPart(ofOne.Key, ofOne.Sum(row => row.Count), Sum(ofOne, currency), currency, from, Math.Max(1, Place(until, most) - from)));
        }

        return new MoneyBar(name, currency, rows.Sum(row => row.Count), Sum(rows, currency), parts.ToImmutable());
    }

    // Where no amount is known, a payout weighs one.
    private static decimal Weight(SummaryRow row) => row.Amount is { } text ? decimal.Parse(text, CultureInfo.InvariantCulture) : row.Count;

    internal static string? Sum(IEnumerable<SummaryRow> rows, string? currency) =>
        currency is null ? null : SummedAmount.Text(rows.Sum(Weight), currency);

    internal static int Place(decimal value, decimal most) => most <= 0 ? 0 : (int)decimal.Round(value / most * Wide);
}
