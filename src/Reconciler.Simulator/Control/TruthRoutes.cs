using System.Globalization;
using System.Text.Json;
using Reconciler.Simulator.Connections;
using Reconciler.Simulator.Payouts;
using Reconciler.Simulator.Playing;

namespace Reconciler.Simulator.Control;

/// <summary>What really became of each payout.</summary>
public sealed record Truth(
    string Id, string Connection, string Provider, string ProviderPayoutId, string Reference, string Amount, string Currency,
    string Recipient, DateTime StartedAt, string Status, bool Final, DateTime Since, string Outcome, DateTime? FinalAt,
    TruthOfWebhooks Webhooks, TruthOfPolls Polls)
{
    public static Truth Of(SimPayout payout, DateTimeOffset now)
    {
        var (claim, tally) = (payout.At(now), payout.Tally);
        return new Truth(
            $"{payout.Connection.Key}/{payout.Id}", payout.Connection.Key, payout.Connection.Provider.Name, payout.Id, payout.Reference,
            payout.Amount.ToString(CultureInfo.InvariantCulture), payout.Currency, "+" + payout.Recipient, payout.StartedAt.UtcDateTime, claim.Standing.Truth(),
            claim.Standing.IsFinal(), claim.At.UtcDateTime, payout.Fate.Outcome.Truth(), payout.FinalAt?.UtcDateTime,
            new TruthOfWebhooks(
                tally.Sent, tally.Acknowledged, tally.Refused, tally.Lost, tally.GivenUp, tally.Duplicated, tally.Forged, tally.Altered,
                tally.Stale, tally.Lied, tally.FalseAcknowledged),
            new TruthOfPolls(tally.Polls, tally.PollErrors, Math.Min(tally.PollLies, payout.Faults.Polls.Lie?.Times ?? 0)));
    }
}

/// <param name="Sent">All requests to the webhook URL, tries and faults included.</param>
/// <param name="FalseAcknowledged">Forged or altered ones that the receiver acknowledged.</param>
public sealed record TruthOfWebhooks(
    int Sent, int Acknowledged, int Refused, int Lost, int GivenUp, int Duplicated, int Forged, int Altered, int Stale, int Lied,
    int FalseAcknowledged);

/// <param name="Answered">All status requests about the payout, errors and lies included.</param>
public sealed record TruthOfPolls(int Answered, int Errors, int Lies);

/// <summary><c>GET /sim/truth</c>: pages as JSON, or all of it as NDJSON.</summary>
public sealed class TruthRoutes(PayoutBook payouts, ConnectionBook connections, TimeProvider clock)
{
    private const int PageMax = 5_000;
    private const int PageDefault = 500;

    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/sim/truth", AnswerAsync);

    private async Task AnswerAsync(HttpContext http)
    {
        var query = http.Request.Query;
        var (limit, cursor) = (PageDefault, 0);
        string? connection = query["connection"], final = query["final"], format = query["format"];
        var isFine = (!query.ContainsKey("limit") || int.TryParse(query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out limit))
            && (!query.ContainsKey("cursor") || int.TryParse(query["cursor"], NumberStyles.None, CultureInfo.InvariantCulture, out cursor))
            && limit is >= 1 and <= PageMax && (connection is null || connections.Find(connection) is not null)
            && final is null or "true" or "false" && format is null or "json" or "ndjson";
        if (!isFine)
        {
            await Problems.Of(400, "invalid-query",
                $"limit is 1 to {PageMax}, cursor as given, connection a known key, final true or false, format json or ndjson.")
                .ExecuteAsync(http);
            return;
        }

        bool Matches(SimPayout payout, DateTimeOffset now) => (connection is null || payout.Connection.Key == connection)
            && (final is null || payout.At(now).Standing.IsFinal() == (final == "true"));

        if (format == "ndjson" || http.Request.Headers.Accept.ToString().Contains("application/x-ndjson", StringComparison.OrdinalIgnoreCase))
        {
            await WriteLinesAsync(http, Matches);
            return;
        }

        var items = new List<Truth>();
        var at = clock.GetUtcNow();
        while (items.Count < limit && payouts.Page(cursor, 1) is [var payout])
        {
            cursor++;
            if (Matches(payout, at))
            {
                items.Add(Truth.Of(payout, at));
            }
        }

        var next = cursor < payouts.Count ? cursor.ToString(CultureInfo.InvariantCulture) : null;
        await http.Response.WriteAsJsonAsync(new { items, nextCursor = next }, Web, http.RequestAborted);
    }

    private async Task WriteLinesAsync(HttpContext http, Func<SimPayout, DateTimeOffset, bool> matches)
    {
        http.Response.ContentType = "application/x-ndjson";
        for (var from = 0; payouts.Page(from, PageMax) is { Count: > 0 } page; from += page.Count)
        {
            var now = clock.GetUtcNow();
            foreach (var payout in page.Where(payout => matches(payout, now)))
            {
                await http.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(Truth.Of(payout, now), Web), http.RequestAborted);
                await http.Response.Body.WriteAsync("\n"u8.ToArray(), http.RequestAborted);
            }
        }
    }
}
