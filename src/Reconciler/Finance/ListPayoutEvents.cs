using System.ComponentModel;
using System.Text.Json;
using Npgsql;
using Reconciler.Hosting;
using Reconciler.Streams;

namespace Reconciler.Finance;

/// <summary>The stream of a payout: all that ever happened to it, as it is stored.</summary>
internal static class ListPayoutEvents
{
    private const int LimitDefault = 100;
    private const int LimitMax = 1_000;
    private static readonly string[] Known = ["after", "limit"];

    internal static async Task<IResult> HandleAsync(
        string connection,
        string id,
        [Description("Version of the last event seen; 0 or nothing for the start.")] string? after,
        [Description("1 to 1000; 100 where not given.")] string? limit,
        HttpContext context,
        NpgsqlDataSource database,
        EventReader reader,
        CancellationToken cancellation)
    {
        var query = new Conditions(context.Request.Query, Known);
        var (from, most) = (query.Whole("after", 0, int.MaxValue - 1, 0) + 1, query.Whole("limit", 1, LimitMax, LimitDefault));
        if (query.Problems.Count > 0) return Problem.Invalid(query.Problems);
        if (PayoutPaths.IdOf(connection, id) is not { } payout) return GetPayout.Unknown(connection, id);
        await using var open = await database.OpenConnectionAsync(cancellation);
        var events = await reader.ReadStreamAsync(open, payout.StreamId, from, most, cancellation);
        if (events.Count == 0 && await KeptPayout.FindAsync(database, payout, cancellation) is null) return GetPayout.Unknown(connection, id);
        return TypedResults.Ok(new PayoutEventPage(
            payout.StreamId, [.. events.Select(PayoutEventAnswer.Of)], events.Count == most ? events[^1].Version : null));
    }
}

/// <param name="Next">To be sent as <c>after</c> for the next page; null where this one reaches the end.</param>
public sealed record PayoutEventPage(string Payout, IReadOnlyList<PayoutEventAnswer> Events, long? Next);

/// <param name="Type">Such as <c>webhook_received</c>.</param>
/// <param name="TraceId">Of the request or poll that brought it.</param>
/// <param name="Data">The event as it is stored.</param>
public sealed record PayoutEventAnswer(long Version, string Type, Guid Id, DateTimeOffset RecordedAt, string? TraceId, JsonElement Data)
{
    internal static PayoutEventAnswer Of(StoredEvent stored) => new(
        stored.Version, stored.TypeName, stored.Id, stored.RecordedAt, stored.CorrelationId, JsonElement.Parse(stored.Json.Span));
}
