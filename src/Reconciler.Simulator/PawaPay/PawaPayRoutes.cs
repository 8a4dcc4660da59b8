using System.Text.Json;
using Reconciler.Simulator.Connections;
using Reconciler.Simulator.Payouts;
using Reconciler.Simulator.Playing;
using Reconciler.Simulator.Polls;
using Reconciler.Simulator.Webhooks;

namespace Reconciler.Simulator.PawaPay;

/// <summary>pawaPay's status, key and resend routes of both generations. The bearer token names the account.</summary>
public sealed class PawaPayRoutes(
    ConnectionBook connections, PayoutBook payouts, PollDesk desk, PawaPayKeys keys, WebhookPlanner planner)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/pawapay/payouts/{id}", http => AnswerAsync(http, "v1"));
        routes.MapGet("/pawapay/v2/payouts/{id}", http => AnswerAsync(http, "v2"));
        routes.MapGet("/pawapay/public-key/http", Keys);
        routes.MapGet("/pawapay/v2/public-key/http", Keys);
        routes.MapPost("/pawapay/payouts/resend-callback", ResendV1Async);
        routes.MapPost("/pawapay/v2/payouts/resend-callback/{id}", ResendV2Async);
    }

    private Task AnswerAsync(HttpContext http, string version)
    {
        if (Account(http) is not { } account)
        {
            return desk.RefuseAsync(http, connections.Find("pawapay-sim")!.Provider, RefusalKind.Unauthorised);
        }

        return desk.AnswerAsync(http, account, (string)http.GetRouteValue("id")!, new StatusForm(
            version == "v1" ? WriteFoundV1 : WriteFoundV2,
            NotFound: version == "v1" ? new Refusal(200, "[]") : new Refusal(200, """{"status":"NOT_FOUND"}""")));
    }

    private static void WriteFoundV1(Utf8JsonWriter json, SimPayout payout, Claim claim, string shownId)
    {
        json.WriteStartArray();
        PawaPayBodies.WriteV1(json, payout, claim, shownId);
        json.WriteEndArray();
    }

    private static void WriteFoundV2(Utf8JsonWriter json, SimPayout payout, Claim claim, string shownId)
    {
        json.WriteStartObject();
        json.WriteString("status", "FOUND");
        json.WritePropertyName("data");
        PawaPayBodies.WriteV2(json, payout, claim, shownId);
        json.WriteEndObject();
    }

    private IResult Keys() => Results.Json(keys.Published().Select(key => new { id = key.Id, key = key.Pem }));

    private async Task ResendV1Async(HttpContext http)
    {
        string? id;
        try
        {
            using var body = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            id = body.RootElement.ValueKind == JsonValueKind.Object && body.RootElement.TryGetProperty("payoutId", out var named)
                && named.ValueKind == JsonValueKind.String ? named.GetString() : null;
        }
        catch (JsonException)
        {
            id = null;
        }

        await ResendAsync(http, id);
    }

    private Task ResendV2Async(HttpContext http) => ResendAsync(http, (string?)http.GetRouteValue("id"));

    private async Task ResendAsync(HttpContext http, string? id)
    {
        if (Account(http) is not { } account)
        {
            await desk.RefuseAsync(http, connections.Find("pawapay-sim")!.Provider, RefusalKind.Unauthorised);
            return;
        }

        var accepted = id is not null && payouts.Find(account.Key, id) is { } payout && planner.Resend(payout);
        await http.Response.WriteAsJsonAsync(new { payoutId = id, status = accepted ? "ACCEPTED" : "REJECTED" }, http.RequestAborted);
    }

    private SimConnection? Account(HttpContext http) => connections.Of("pawapay")
        .FirstOrDefault(account => Credentials.IsBearer(http, account.Credentials["token"]));
}
