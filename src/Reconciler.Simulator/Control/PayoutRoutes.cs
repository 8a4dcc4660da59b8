using System.Text.Json;
using System.Text.Json.Serialization;
using Reconciler.Simulator.Connections;
using Reconciler.Simulator.Payouts;
using Reconciler.Simulator.Playing;

namespace Reconciler.Simulator.Control;

/// <summary>A payout that was started, in the words in which the service is told to expect it.</summary>
public sealed record StartedPayout(
    string Id, string Connection, string ProviderPayoutId, string Reference, string Amount, string Currency, string Recipient,
    DateTime InitiatedAt, string Outcome)
{
    public static StartedPayout Of(SimPayout payout) => new(
        $"{payout.Connection.Key}/{payout.Id}", payout.Connection.Key, payout.Id, payout.Reference,
        payout.Amount.ToString(System.Globalization.CultureInfo.InvariantCulture), payout.Currency, "+" + payout.Recipient,
        payout.StartedAt.UtcDateTime, payout.Fate.Outcome.Truth());
}

/// <summary><c>POST /sim/payouts</c> with one order or an array of orders, and <c>DELETE /sim/payouts</c>.</summary>
public sealed class PayoutRoutes(ConnectionBook connections, PayoutBook payouts, PayoutMaker maker)
{
    private const int OrdersMax = 1_000;

    /// <summary>How orders and fault settings are read: a field that is not known is an error, not ignored.</summary>
    public static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict,
        PropertyNameCaseInsensitive = false,
        RespectNullableAnnotations = true,
    };

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/sim/payouts", (Delegate)StartAsync);
        routes.MapDelete("/sim/payouts", () =>
        {
            maker.Reset();
            return Results.NoContent();
        });
    }

    private async Task<IResult> StartAsync(HttpContext http)
    {
        PayoutOrder?[] orders;
        try
        {
            using var body = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            orders = body.RootElement.ValueKind == JsonValueKind.Array
                ? body.RootElement.Deserialize<PayoutOrder?[]>(Strict)!
                : [body.RootElement.Deserialize<PayoutOrder>(Strict)];
        }
        catch (JsonException fault)
        {
            return Problems.Of(400, "unreadable", fault.Message);
        }

        if (orders.Length is 0 or > OrdersMax || orders.Contains(null))
        {
            return Problems.Of(400, "unreadable", $"The body is one order, or an array of 1 to {OrdersMax} orders.");
        }

        var objections = orders.SelectMany((order, place) => OrderRules.Objections(order!, connections)
                .Select(found => (Field: orders.Length == 1 ? found.Key : $"[{place}].{found.Key}", found.Value)))
            .ToDictionary(found => found.Field, found => found.Value);
        if (objections.Count > 0)
        {
            return Problems.Invalid(objections);
        }

        return payouts.Count + orders.Sum(order => (long)order!.Count) > PayoutBook.PayoutsMax
            ? Problems.Of(409, "too-many", $"At most {PayoutBook.PayoutsMax} payouts are held at once; DELETE /sim/payouts forgets them.")
            : Start(orders!);
    }

    private IResult Start(PayoutOrder[] orders)
    {
        var started = new List<SimPayout>();
        foreach (var order in orders)
        {
            if (maker.Start(order) is not { } made)
            {
                return Problems.Of(409, "id-taken", $"{order.Connection}/{order.ProviderPayoutId} exists already; {started.Count} payouts were started before it.");
            }

            started.AddRange(made);
        }

        return Results.Json(new { count = started.Count, payouts = started.Select(StartedPayout.Of) }, statusCode: 201);
    }
}
