using Reconciler.Simulator.Connections;
using Reconciler.Simulator.Payouts;
using Reconciler.Simulator.Playing;
using Reconciler.Simulator.Webhooks;

namespace Reconciler.Simulator.Control;

/// <summary><c>GET /sim/summary</c>: the truth counted by connection.</summary>
public sealed class SummaryRoutes(PayoutBook payouts, ConnectionBook connections, Agenda agenda, TimeProvider clock)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/sim/summary", Show);

    private IResult Show()
    {
        var now = clock.GetUtcNow();
        var all = payouts.All();
        var byConnection = all.ToLookup(payout => payout.Connection.Key);
        return Results.Json(new
        {
            payouts = all.Count,
            webhooksDueLater = agenda.Count,
            connections = connections.All.ToDictionary(connection => connection.Key, connection => Of(byConnection[connection.Key], now)),
        });
    }

    private static object Of(IEnumerable<SimPayout> payouts, DateTimeOffset now)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        long started = 0, final = 0, sent = 0, refused = 0, lost = 0, falseAcknowledged = 0, polls = 0, errors = 0;
        foreach (var payout in payouts)
        {
            var (standing, tally) = (payout.At(now).Standing, payout.Tally);
            counts[standing.Truth()] = counts.GetValueOrDefault(standing.Truth()) + 1;
            started++;
            final += standing.IsFinal() ? 1 : 0;
            sent += tally.Sent;
            refused += tally.Refused;
            lost += tally.Lost;
            falseAcknowledged += tally.FalseAcknowledged;
            polls += tally.Polls;
            errors += tally.PollErrors;
        }

        return new
        {
            payouts = started,
            statuses = counts,
            final,
            webhooks = new { sent, refused, lost, falseAcknowledged },
            polls = new { answered = polls, errors },
        };
    }
}
