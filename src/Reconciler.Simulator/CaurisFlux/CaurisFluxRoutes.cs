using System.Text.Json;
using Reconciler.Simulator.Connections;
using Reconciler.Simulator.Payouts;
using Reconciler.Simulator.Playing;
using Reconciler.Simulator.Polls;

namespace Reconciler.Simulator.CaurisFlux;

/// <summary>CaurisFlux's status route, shared there by payments and payouts.</summary>
public sealed class CaurisFluxRoutes(ConnectionBook connections, PollDesk desk)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/caurisflux/api/v1/payments/status/{id}", AnswerAsync);

    private Task AnswerAsync(HttpContext http)
    {
        var connection = connections.Of("caurisflux").Single();
        var pair = $"{connection.Credentials["publicKey"]}:{connection.Credentials["secretKey"]}";
        if (!Credentials.Matches((string?)http.Request.Headers["X-API-Key"], pair) && !Credentials.IsBearer(http, pair))
        {
            return desk.RefuseAsync(http, connection.Provider, RefusalKind.Unauthorised);
        }

        return desk.AnswerAsync(http, connection, (string)http.GetRouteValue("id")!, new StatusForm(
            Write, connection.Provider.Refuse(RefusalKind.NotFound, 0)));
    }

    // The payout page shows the bare object, the introduction wraps it: every fourth payout is answered wrapped.
    private static void Write(Utf8JsonWriter json, SimPayout payout, Claim claim, string shownId)
    {
        if (payout.Number % 4 != 3)
        {
            PlayedCaurisFlux.WriteStatus(json, payout, claim, shownId);
            return;
        }

        json.WriteStartObject();
        json.WriteBoolean("success", true);
        json.WritePropertyName("data");
        PlayedCaurisFlux.WriteStatus(json, payout, claim, shownId);
        json.WriteEndObject();
    }
}
