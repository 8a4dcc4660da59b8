using System.ComponentModel;
using System.Globalization;
using Npgsql;
using Reconciler.Access;
using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Finance.Periods;

/// <summary>Closed periods: newest first, or one.</summary>
internal static class ReadPeriods
{
    private const int LimitDefault = 50;
    private const int LimitMax = 500;
    private static readonly string[] Known = ["connection", "limit", "cursor"];

    internal static async Task<IResult> HandleAsync(
        [Description("Key of a connection; may be repeated.")] string[]? connection,
        [Description("1 to 500; 50 where not given.")] string? limit,
        [Description("nextCursor of the page before, with the same filters.")] string? cursor,
        HttpContext context,
        NpgsqlDataSource database,
        CancellationToken cancellation)
    {
        var (page, problem) = await PageAsync(context.Request.Query, context.Actor().Connections, database, cancellation);
        return problem is null ? TypedResults.Ok(page) : problem;
    }

    /// <param name="asked">The query of the route, which is also the query of the page that shows the list.</param>
    internal static async Task<(PeriodPage? Page, Problem? Problem)> PageAsync(
        IQueryCollection asked, AllowedConnections allowed, NpgsqlDataSource database, CancellationToken cancellation)
    {
        var query = new Conditions(asked, Known);
        query.WhereAllowed(allowed);
        query.WhereAny("connection", query.Words("connection", word => ConnectionKey.TryParse(word, out _), "It is no connection's key."));
        var most = query.Whole("limit", 1, LimitMax, LimitDefault);
        var after = query.Text("cursor", Cursor.CharactersMax) is { } text ? Cursor.Read(text, descending: true, ReadId) : null;
        if (after is null && asked.ContainsKey("cursor")) query.Refuse("cursor", "It is not a nextCursor of this list.");
        if (query.Problems.Count > 0) return (null, Problem.Invalid(query.Problems));
        await using var command = query.Page(
            database, $"select {PeriodAnswer.Columns} from reconciler.closed_periods",
            ("first_day::timestamp at time zone 'UTC'", "connection || '/' || period", Descending: true), after, most + 1);
        var rows = await ClosedPeriods.ReadAsync(command, cancellation);
        var items = rows.Take(most).ToList();
        return (new PeriodPage(items, rows.Count > most ? CursorAt(items[^1]).Text : null), null);
    }

    internal static async Task<IResult> OneAsync(string connection, string period, HttpContext context, ClosedPeriods periods, CancellationToken cancellation) =>
        await FindAsync(connection, period, context, periods, cancellation) is { } found ? TypedResults.Ok(found) : Unknown(connection, period);

    internal static async Task<PeriodAnswer?> FindAsync(
        string connection, string period, HttpContext context, ClosedPeriods periods, CancellationToken cancellation) =>
        Period.TryParse(period, out var asked) && ConnectionKey.TryParse(connection, out var key) && context.Actor().Connections.Allow(key)
            ? await periods.FindAsync(key, asked, cancellation)
            : null;

    internal static Problem Unknown(string connection, string period) => new(ProblemKind.PeriodUnknown, $"{period} of {connection} is not closed.");

    private static string? ReadId(string text) => text.Length > 0 && !QueryText.IsImpossible(text) ? text : null;

    private static Cursor CursorAt(PeriodAnswer last) =>
        new(new DateTimeOffset(last.FirstDay, TimeOnly.MinValue, TimeSpan.Zero), string.Create(CultureInfo.InvariantCulture, $"{last.Connection}/{last.Period}"), Descending: true);
}

/// <param name="NextCursor">For the next page; null on the last one.</param>
public sealed record PeriodPage(IReadOnlyList<PeriodAnswer> Items, string? NextCursor);
