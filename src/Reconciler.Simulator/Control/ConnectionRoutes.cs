using System.Text.Json;
using Reconciler.Simulator.AwdPay;
using Reconciler.Simulator.Connections;
using Reconciler.Simulator.PawaPay;

namespace Reconciler.Simulator.Control;

/// <summary>The connections file, where webhooks go, and the providers' own key changes.</summary>
public sealed class ConnectionRoutes(ConnectionBook connections, PawaPayKeys keys, AwdPayTokens tokens)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sim/connections", Show);
        routes.MapPut("/sim/connections/{key}", PointAsync);
        routes.MapPost("/sim/pawapay/rotate-key", () => Results.Json(new { id = keys.Rotate() }));
        routes.MapPost("/sim/awdpay/revoke-tokens", () =>
        {
            tokens.RevokeAll();
            return Results.NoContent();
        });
    }

    private IResult Show(HttpContext http, string? service)
    {
        Uri? at = null;
        if (service is not null && !IsHttp(service, out at))
        {
            return Problems.Of(400, "invalid-query", "service is an absolute http or https URL.");
        }

        return Results.Json(ConnectionsFile.Write(connections, keys, new Uri($"{http.Request.Scheme}://{http.Request.Host}"), at));
    }

    private async Task<IResult> PointAsync(HttpContext http, string key)
    {
        if (connections.Find(key) is not { } connection)
        {
            return Problems.Of(404, "unknown-connection", $"One of: {string.Join(", ", connections.All.Select(known => known.Key))}.");
        }

        try
        {
            var order = await JsonSerializer.DeserializeAsync<PointOrder>(http.Request.Body, PayoutRoutes.Strict, http.RequestAborted);
            if (!IsHttp(order?.WebhookUrl, out var url))
            {
                return Problems.Invalid(new Dictionary<string, string[]> { ["webhookUrl"] = ["An absolute http or https URL."] });
            }

            connection.WebhookUrl = url!;
            return Results.Json(new { connection = key, webhookUrl = url!.AbsoluteUri });
        }
        catch (JsonException fault)
        {
            return Problems.Of(400, "unreadable", fault.Message);
        }
    }

    private static bool IsHttp(string? text, out Uri? url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url) && url.Scheme is "http" or "https";

    private sealed record PointOrder(string? WebhookUrl);
}
