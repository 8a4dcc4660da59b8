using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Reconciler.Access;
using Reconciler.Core;

namespace Reconciler.Finance;

/// <summary>What a caller asks of the list, read from the query.</summary>
internal sealed class PayoutFilter
{
    internal const int LimitDefault = 50;
    internal const int LimitMax = 500;

    private static readonly string[] Known = [.. PayoutConditions.Known, "sort", "limit", "cursor", "bom"];

    private readonly Conditions query;

    internal PayoutFilter(IQueryCollection given, ReadOnlySpan<byte> recipientKey, AllowedConnections allowed, DateTimeOffset now)
    {
        query = new Conditions(given, Known);
        Payouts = new PayoutConditions(query, recipientKey, allowed, now);
        Descending = query.Text("sort") is not { } sort || IsDescending(sort);
        Limit = query.Whole("limit", 1, LimitMax, LimitDefault);
        HasBom = query.YesNo("bom") ?? false;
        After = AfterCursor();
    }

    internal IReadOnlyList<Hosting.FieldProblem> Problems => query.Problems;

    internal PayoutConditions Payouts { get; }

    internal bool Descending { get; }

    internal int Limit { get; }

    internal Cursor? After { get; }

    /// <summary>Whether the CSV begins with the mark that makes spreadsheets read it as UTF-8.</summary>
    internal bool HasBom { get; }

    internal Cursor CursorAt(DateTimeOffset firstSeenAt, string streamId) => new(firstSeenAt, streamId, Descending);

    /// <summary>The parameters of one page's query.</summary>
    /// <param name="first">See <see cref="PayoutConditions.AddParametersTo"/>.</param>
    internal PageBound AddPageTo(NpgsqlParameterCollection parameters, long first, Cursor? after, int limit)
    {
        Payouts.AddParametersTo(parameters, first);
        if (after is null) return new PageBound(null, Descending, limit);
        parameters.Add(new NpgsqlParameter { Value = after.At, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        parameters.Add(new NpgsqlParameter { Value = after.Id, NpgsqlDbType = NpgsqlDbType.Text });
        var count = parameters.Count;
        return new PageBound(
            string.Create(CultureInfo.InvariantCulture, $"(first_seen_at, stream_id) {(Descending ? '<' : '>')} (${count - 1}, ${count})"), Descending, limit);
    }

    private bool IsDescending(string sort)
    {
        if (sort is not ("firstSeenAt" or "-firstSeenAt")) query.Refuse("sort", "It is firstSeenAt or -firstSeenAt.");
        return sort.StartsWith('-');
    }

    private Cursor? AfterCursor()
    {
        if (query.Text("cursor", Cursor.CharactersMax) is not { } text) return null;
        var cursor = Cursor.Read(text, Descending, id => PayoutId.TryParse(id, null, out _) ? id : null);
        if (cursor is null) query.Refuse("cursor", "It is not a nextCursor of this list in this order.");
        return cursor;
    }
}
