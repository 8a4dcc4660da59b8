using System.ComponentModel;
using System.Globalization;
using Npgsql;
using Reconciler.Connections;
using Reconciler.Hosting;

namespace Reconciler.Finance;

/// <summary>One payout as it stands, as we knew it at a time, or as the provider's evidence stood at a time.</summary>
internal static class GetPayout
{
    private static readonly string[] Known = ["asOf", "knownAt"];

    internal static async Task<IResult> HandleAsync(
        string connection,
        string id,
        [Description("As the provider's evidence stood at this RFC 3339 time, whenever we learned of it.")] string? asOf,
        [Description("As we knew it at this RFC 3339 time.")] string? knownAt,
        HttpContext context,
        NpgsqlDataSource database,
        Installation installation,
        PayoutHistory history,
        CancellationToken cancellation)
    {
        var query = new Conditions(context.Request.Query, Known);
        var (validAt, recordedBy) = (query.Instant("asOf"), query.Instant("knownAt"));
        if (query.Problems.Count > 0) return Problem.Invalid(query.Problems);
        if (PayoutPaths.IdOf(connection, id) is not { } payout || await KeptPayout.FindAsync(database, payout, cancellation) is not { } kept)
            return Unknown(connection, id);
        if (validAt is not null || recordedBy is not null)
        {
            var then = await history.AtAsync(kept, validAt, recordedBy, cancellation);
            return then is null ? Unknown(connection, id, " at that time") : TypedResults.Ok(then);
        }

        // Erasing is no event, and yet what was fetched before must not be taken for what is there.
        var tag = $"W/\"{kept.Version.ToString(CultureInfo.InvariantCulture)}{(kept.ErasedAt is null ? "" : "-erased")}\"";
        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = "private, no-cache";
        return context.Request.Headers.IfNoneMatch.Any(known => known is not null && known.Split(',').Any(one => one.Trim() == tag))
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(PayoutAnswer.Of(kept, installation));
    }

    internal static Problem Unknown(string connection, string id, string when = "") =>
        new(ProblemKind.PayoutUnknown, $"There is no payout {connection}/{Uri.UnescapeDataString(id)}{when}.");
}
