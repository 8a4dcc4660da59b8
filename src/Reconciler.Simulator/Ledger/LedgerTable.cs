using System.Globalization;
using Spectre.Console;

namespace Reconciler.Simulator.Ledger;

/// <summary>The ledger over the feed, for a terminal and in words.</summary>
public static class LedgerTable
{
    public static Table Live(LedgerState state, Parity? parity)
    {
        var table = new Table().Border(TableBorder.Horizontal).Title("A ledger over the change feed, against the truth")
            .Caption(Markup.Escape(string.Join('\n', Feed(state).Append(state.Note).Where(line => line.Length > 0))));
        table.AddColumn("currency");
        foreach (var title in (string[])["booked", "sum", "paid in truth", "sum in truth"])
        {
            table.AddColumn(new TableColumn(title) { Alignment = Justify.Right, NoWrap = true });
        }

        foreach (var row in parity?.Currencies ?? [])
        {
            var colour = row.Booked == row.Paid && row.BookedSum == row.PaidSum ? "green" : "bold red";
            table.AddRow(
                Markup.Escape(row.Currency), $"[{colour}]{row.Booked}[/]", $"[{colour}]{Text(row.BookedSum)}[/]", $"{row.Paid}", Text(row.PaidSum));
        }

        if (parity is not null)
        {
            table.AddRow(parity.Differing == 0 ? "[green]differing 0[/]" : $"[bold red]differing {parity.Differing}[/]", $"awaited {parity.Awaited}", "", "", "");
        }

        return table;
    }

    /// <summary>The same in words.</summary>
    public static IEnumerable<string> Plain(LedgerState state, Parity? parity)
    {
        foreach (var line in Feed(state))
        {
            yield return line;
        }

        foreach (var row in parity?.Currencies ?? [])
        {
            yield return $"books  {row.Currency}: {row.Booked} payouts, {Text(row.BookedSum)}; in truth {row.Paid}, {Text(row.PaidSum)}";
        }

        if (parity is not null)
        {
            yield return $"parity  {parity.Differing} payouts differ, {parity.Awaited} awaited";
        }

        if (state.Note.Length > 0)
        {
            yield return state.Note;
        }
    }

    private static IEnumerable<string> Feed(LedgerState state)
    {
        yield return $"feed  head {state.Head}, the ledger has read to {state.ReadTo} ({state.Head - state.ReadTo} behind)";
        if (state is { LagMedian: { } median, LagWorst: { } worst })
        {
            yield return $"feed lag  half within {Milliseconds(median)} ms, 99 of 100 within {Milliseconds(worst)} ms of being stored";
        }
    }

    private static string Milliseconds(TimeSpan span) => ((long)span.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    private static string Text(decimal sum) => sum.ToString(CultureInfo.InvariantCulture);
}
