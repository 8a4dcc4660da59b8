using System.Globalization;
using Spectre.Console;

namespace Reconciler.Simulator.Demo;

/// <summary>The table, for a terminal and as plain lines.</summary>
public static class ScoreTable
{
    private static readonly (string Title, Func<Score, string> Cell)[] Columns =
    [
        ("connection", row => row.Name),
        ("payouts", row => Number(row.Payouts)),
        ("absent", row => Number(row.Of("absent"))),
        ("pending", row => Number(row.Of("pending"))),
        ("processing", row => Number(row.Of("processing"))),
        ("succeeded", row => Number(row.Of("succeeded"))),
        ("failed", row => Number(row.Of("failed"))),
        ("cancelled", row => Number(row.Of("cancelled"))),
        ("expired", row => Number(row.Of("expired"))),
        ("by webhook", row => Number(row.ByWebhook)),
        ("by poll", row => Number(row.ByPoll)),
        ("cases", row => Number(row.Cases)),
        ("polls each", row => row.Payouts == 0 ? "-" : ((decimal)row.Polls / row.Payouts).ToString("0.0", CultureInfo.InvariantCulture)),
        ("behind", row => Number(row.Behind)),
        ("wrong", row => Number(row.Wrong)),
    ];

    /// <summary>One line for each count and one column for each connection: it fits a terminal of 80 characters.</summary>
    public static Table Live(Scoreboard? scores, DemoSettings settings, string note)
    {
        var table = new Table().Border(TableBorder.Horizontal).Title("Payouts in the service, against the truth")
            .Caption(Markup.Escape(string.Join('\n', Links(settings).Append(note).Where(line => line.Length > 0))));
        var rows = scores is null ? [] : scores.Rows.Append(scores.Total).ToList();
        table.AddColumn(new TableColumn("") { NoWrap = true });
        foreach (var row in rows)
        {
            table.AddColumn(new TableColumn(Markup.Escape(row.Name.Replace("-sim", "", StringComparison.Ordinal))) { Alignment = Justify.Right, NoWrap = true, Padding = new Padding(1, 0, 0, 0) });
        }

        foreach (var (title, cell) in Columns.Skip(1))
        {
            table.AddRow(rows.Select(row => Coloured(title, Markup.Escape(cell(row)), row)).Prepend(title).ToArray());
        }

        return table;
    }

    public static string Plain(Scoreboard scores)
    {
        var rows = scores.Rows.Append(scores.Total).ToList();
        var widths = Columns.Select(column => Math.Max(column.Title.Length, rows.Max(row => column.Cell(row).Length))).ToArray();
        string Line(Func<int, string> cell) => string.Join("  ", Columns.Select((_, place) =>
            place == 0 ? cell(place).PadRight(widths[place]) : cell(place).PadLeft(widths[place])));
        return string.Join('\n', rows.Select(row => Line(place => Columns[place].Cell(row))).Prepend(Line(place => Columns[place].Title)));
    }

    public static IEnumerable<string> Links(DemoSettings settings)
    {
        var (service, self) = (settings.Service.AbsoluteUri.TrimEnd('/'), settings.Self.AbsoluteUri.TrimEnd('/'));
        yield return $"pages  {service}/   API  {service}/docs";
        yield return $"OpenAPI  {service}/openapi/v1.json";
        yield return $"what really became of each  {self}/sim/truth";
    }

    private static string Coloured(string title, string cell, Score row) => title switch
    {
        "wrong" when row.Wrong > 0 => $"[bold red]{cell}[/]",
        "wrong" => $"[green]{cell}[/]",
        "behind" when row.Behind > 0 => $"[yellow]{cell}[/]",
        _ when row.Name == "all" => $"[bold]{cell}[/]",
        _ => cell,
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
