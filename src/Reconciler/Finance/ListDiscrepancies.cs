using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Finance;

/// <summary>The cases: newest first by keyset, or one by its id.</summary>
internal static class ListDiscrepancies
{
    private const int LimitDefault = 50;
    private const int LimitMax = 500;
    private const NpgsqlDbType Texts = NpgsqlDbType.Array | NpgsqlDbType.Text;
    private static readonly string[] Known = ["connection", "kind", "open", "payout", "limit", "cursor"];

    internal static async Task<IResult> HandleAsync(
        [AsParameters] DiscrepancyQuery documented, HttpContext context, NpgsqlDataSource database, CancellationToken cancellation)
    {
        var query = new Conditions(context.Request.Query, Known);
        query.Where("connection = any({0})", query.Words("connection", word => ConnectionKey.TryParse(word, out _), "It is no connection's key."), Texts);
        query.Where("kind = any({0})", query.Words<DiscrepancyKind>("kind"), Texts);
        // Served by discrepancies_by_payout.
        query.Where("stream_id = {0}", query.Text("payout", ConnectionKey.LengthMax + 1 + PayoutId.ProviderPayoutIdLengthMax), NpgsqlDbType.Text);
        if (query.YesNo("open") is { } open) query.Where(open ? "closed_at is null" : "closed_at is not null");
        var limit = query.Whole("limit", 1, LimitMax, LimitDefault);
        var after = AfterCursor(query);
        if (query.Problems.Count > 0) return Problem.Invalid(query.Problems);

        // Served by discrepancies_open or discrepancies_by_opening, which have this order.
        await using var command = query.Page(database, DiscrepancyAnswer.Select, ("opened_at", "id", Descending: true), after, limit + 1);
        var rows = await DiscrepancyAnswer.ReadAsync(command, cancellation);
        var items = rows.Take(limit).ToList();
        return TypedResults.Ok(new DiscrepancyPage(items, rows.Count > limit ? new Cursor(items[^1].OpenedAt, items[^1].Id, Descending: true).Text : null));
    }

    internal static async Task<IResult> OneAsync(string id, NpgsqlDataSource database, CancellationToken cancellation)
    {
        if (!Guid.TryParse(id, out var wanted)) return Unknown(id);
        await using var command = database.CreateCommand($"{DiscrepancyAnswer.Select} where id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = wanted });
        return await DiscrepancyAnswer.ReadAsync(command, cancellation) is [var found] ? TypedResults.Ok(found) : Unknown(id);
    }

    private static Problem Unknown(string id) => new(ProblemKind.DiscrepancyUnknown, $"There is no discrepancy {id}.");

    private static Cursor? AfterCursor(Conditions query)
    {
        if (query.Text("cursor", Cursor.CharactersMax) is not { } text) return null;
        var cursor = Cursor.Read(text, descending: true, id => Guid.TryParse(id, out var read) ? read : null);
        if (cursor is null) query.Refuse("cursor", "It is not a nextCursor of this list.");
        return cursor;
    }
}

public sealed record DiscrepancyQuery(
    [property: FromQuery(Name = "connection"), Description("Key of a connection; may be repeated.")] string[]? Connection,
    [property: FromQuery(Name = "kind"), Description("Kind; may be repeated.")] string[]? Kind,
    [property: FromQuery(Name = "open"), Description("true or false; both where not given.")] string? Open,
    [property: FromQuery(Name = "payout"), Description("Id of a payout, {connection}/{providerPayoutId}.")] string? Payout,
    [property: FromQuery(Name = "limit"), Description("1 to 500; 50 where not given.")] string? Limit,
    [property: FromQuery(Name = "cursor"), Description("nextCursor of the page before, with the same filters.")] string? Cursor);

/// <param name="NextCursor">For the next page; null on the last one.</param>
public sealed record DiscrepancyPage(IReadOnlyList<DiscrepancyAnswer> Items, string? NextCursor);
