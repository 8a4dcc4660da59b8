using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using NpgsqlTypes;
using Reconciler.Access;
using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Finance.Cases;

/// <summary>The cases that a caller sees, by when they are due.</summary>
internal sealed class ListCases(NpgsqlDataSource database, ReadTurns turns, TimeProvider clock)
{
    private const int LimitDefault = 50;
    private const int LimitMax = 500;
    private const int ReferenceCharactersMax = 250;
    private const NpgsqlDbType Texts = NpgsqlDbType.Array | NpgsqlDbType.Text;
    private static readonly string[] Known =
        ["state", "open", "kind", "connection", "owner", "mine", "overdue", "payout", "minAge", "sort", "limit", "cursor"];

    private static readonly string[] Standing = [CaseState.Open.Word(), CaseState.Proposed.Word()];

    /// <param name="asked">The query of the route, which is also the query of the page that shows the list.</param>
    /// <returns>A page, or what is wrong with the query.</returns>
    public async Task<(CasePage? Page, Problem? Problem)> ReadAsync(IQueryCollection asked, Actor actor, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow().ToMicrosecond();
        var query = new Conditions(asked, Known);
        query.WhereAllowed(actor.Connections, "noted.connection");
        Filter(query, actor, now);
        var sort = Sort(query);
        var limit = query.Whole("limit", 1, LimitMax, LimitDefault);
        var after = AfterCursor(query, sort);
        if (query.Problems.Count > 0) return (null, Problem.Invalid(query.Problems));

        using var turn = await turns.TakeAsync(cancellation);
        // Served by discrepancies_open_by_due, discrepancies_by_due, discrepancies_open or discrepancies_by_opening, which have the orders.
        await using var command = query.Page(database, CaseAnswer.Select, (sort.Column, "noted.id", sort.Descending), after, limit + 1);
        var rows = await CaseAnswer.ReadAsync(command, now, cancellation);
        var items = rows.Take(limit).ToList();
        var next = rows.Count > limit ? $"{sort.Letter}{new Cursor(sort.Of(items[^1]), items[^1].Id, sort.Descending).Text}" : null;
        return (new CasePage(items, next), null);
    }

    internal static async Task<IResult> HandleAsync(
        [AsParameters] CaseQuery documented, HttpContext context, ListCases cases, CancellationToken cancellation)
    {
        var (page, problem) = await cases.ReadAsync(context.Request.Query, context.Actor(), cancellation);
        return problem is null ? TypedResults.Ok(page) : problem;
    }

    private static void Filter(Conditions query, Actor actor, DateTimeOffset now)
    {
        query.Where("noted.connection = any({0})",
            query.Words("connection", word => ConnectionKey.TryParse(word, out _), "It is no connection's key."), Texts);
        query.Where("noted.kind = any({0})", query.Words<DiscrepancyKind>("kind"), Texts);
        // Served by discrepancies_by_payout.
        query.Where("noted.stream_id = {0}",
            query.Text("payout", ConnectionKey.LengthMax + 1 + PayoutId.ProviderPayoutIdLengthMax), NpgsqlDbType.Text);
        if (query.YesNo("open") is { } open) query.Where(open ? "noted.closed_at is null" : "noted.closed_at is not null");
        // Served by discrepancies_open_by_owner.
        if (query.Text("owner", ReferenceCharactersMax) is { } owner)
        {
            if (owner == "none") query.Where("noted.owner is null");
            else query.Where("noted.owner = {0}", owner, NpgsqlDbType.Text);
        }

        if (query.YesNo("mine") is { } mine) query.Where(mine ? "noted.owner = {0}" : "noted.owner is distinct from {0}", actor.PersonReference, NpgsqlDbType.Text);
        if (query.YesNo("overdue") is { } overdue)
            query.Where(overdue ? "noted.closed_at is null and noted.due_at < {0}" : "(noted.closed_at is not null or noted.due_at >= {0})",
                now, NpgsqlDbType.TimestampTz);
        if (query.Parsed<TimeSpan>("minAge", Duration.TryParse, "It is a whole number and a unit, like 4h or 2d.") is { } age)
            query.Where("noted.opened_at <= {0}", now - age, NpgsqlDbType.TimestampTz);
        if (query.Words<CaseState>("state") is not { } states) return;
        if (states.All(Standing.Contains)) query.Where("noted.closed_at is null");
        query.Where($$"""
            case when noted.resolution is not null then 'resolved' when noted.closed_at is not null then 'closed'
                when waiting.stale_since is null and waiting.expires_at > {{query.Parameter(now, NpgsqlDbType.TimestampTz)}} then 'proposed'
                else 'open' end = any({0})
            """, states, Texts);
    }

    private static Order Sort(Conditions query)
    {
        switch (query.Text("sort"))
        {
            case null or "due": return new Order('d', "noted.due_at", false, one => one.DueAt);
            case "-due": return new Order('D', "noted.due_at", true, one => one.DueAt);
            case "opened": return new Order('o', "noted.opened_at", false, one => one.OpenedAt);
            case "-opened": return new Order('O', "noted.opened_at", true, one => one.OpenedAt);
            default:
                query.Refuse("sort", "It is one of: due, -due, opened, -opened.");
                return new Order('d', "noted.due_at", false, one => one.DueAt);
        }
    }

    private static Cursor? AfterCursor(Conditions query, Order sort)
    {
        if (query.Text("cursor", Cursor.CharactersMax) is not { } text) return null;
        var cursor = text[0] == sort.Letter ? Cursor.Read(text[1..], sort.Descending, id => Guid.TryParse(id, out var read) ? read : null) : null;
        if (cursor is null) query.Refuse("cursor", "It is not a nextCursor of this list in this order.");
        return cursor;
    }

    /// <param name="Letter">Begins a cursor, so that one of another order is not taken for one of this.</param>
    private sealed record Order(char Letter, string Column, bool Descending, Func<CaseAnswer, DateTimeOffset> Of);
}

public sealed record CaseQuery(
    [property: FromQuery(Name = "state"), Description("open, proposed, resolved or closed; may be repeated.")] string[]? State,
    [property: FromQuery(Name = "open"), Description("true: open or proposed; false: resolved or closed; all where not given.")] string? Open,
    [property: FromQuery(Name = "kind"), Description("Kind; may be repeated.")] string[]? Kind,
    [property: FromQuery(Name = "connection"), Description("Key of a connection; may be repeated.")] string[]? Connection,
    [property: FromQuery(Name = "owner"), Description("Reference of an owner, like user:0199…, or none.")] string? Owner,
    [property: FromQuery(Name = "mine"), Description("true: the caller's own cases.")] string? Mine,
    [property: FromQuery(Name = "overdue"), Description("true: past their due time and not settled.")] string? Overdue,
    [property: FromQuery(Name = "payout"), Description("Id of a payout, {connection}/{providerPayoutId}.")] string? Payout,
    [property: FromQuery(Name = "minAge"), Description("Opened so long ago or longer, like 4h or 2d.")] string? MinAge,
    [property: FromQuery(Name = "sort"), Description("due, -due, opened or -opened; due where not given.")] string? Sort,
    [property: FromQuery(Name = "limit"), Description("1 to 500; 50 where not given.")] string? Limit,
    [property: FromQuery(Name = "cursor"), Description("nextCursor of the page before, with the same filters and sort.")] string? Cursor);

/// <param name="NextCursor">For the next page; null on the last one.</param>
public sealed record CasePage(IReadOnlyList<CaseAnswer> Items, string? NextCursor);
