using Reconciler.Simulator.Connections;
using Reconciler.Simulator.Polls;

namespace Reconciler.Simulator.Zayono;

/// <summary>Zayono's status route, and the one that asks its aggregator again.</summary>
public sealed class ZayonoRoutes(ConnectionBook connections, PollDesk desk)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/zayono/api/v1/payouts/{id}", http => AnswerAsync(http, verified: false));
        routes.MapGet("/zayono/api/v1/payouts/{id}/verify", http => AnswerAsync(http, verified: true));
    }

    private Task AnswerAsync(HttpContext http, bool verified)
    {
        var connection = connections.Of("zayono").Single();
        return Credentials.IsBearer(http, connection.Credentials["apiKey"])
            ? desk.AnswerAsync(http, connection, (string)http.GetRouteValue("id")!, new StatusForm(
                (json, payout, claim, shownId) => PlayedZayono.WriteStatus(json, payout, claim, shownId, verified),
                connection.Provider.Refuse(RefusalKind.NotFound, 0)))
            : desk.RefuseAsync(http, connection.Provider, RefusalKind.Unauthorised);
    }
}
