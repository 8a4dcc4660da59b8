using System.Text.Json;
using Reconciler.Simulator.Connections;
using Reconciler.Simulator.Polls;

namespace Reconciler.Simulator.AwdPay;

/// <summary>AwdPay's token and status routes.</summary>
public sealed class AwdPayRoutes(ConnectionBook connections, PollDesk desk, AwdPayTokens tokens, TimeProvider clock)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/awdpay/api/auth/token", IssueAsync);
        routes.MapGet("/awdpay/api/withdraws/withdraws/{reference}", AnswerAsync);
    }

    private async Task IssueAsync(HttpContext http)
    {
        var connection = connections.Of("awdpay").Single();
        if (!await AreTheirsAsync(http, connection))
        {
            await desk.RefuseAsync(http, connection.Provider, RefusalKind.Unauthorised);
            return;
        }

        var now = clock.GetUtcNow();
        await http.Response.WriteAsJsonAsync(
            new { token = tokens.Issue(now), tokenType = "Bearer", expiresIn = AwdPayTokens.LifeSeconds, issuedAt = now.UtcDateTime },
            http.RequestAborted);
    }

    private static async Task<bool> AreTheirsAsync(HttpContext http, SimConnection connection)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            return Is(body.RootElement, "apiKey", connection) && Is(body.RootElement, "secretKey", connection);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool Is(JsonElement body, string name, SimConnection connection) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var given) && given.ValueKind == JsonValueKind.String
        && Credentials.Matches(given.GetString(), connection.Credentials[name]);

    private Task AnswerAsync(HttpContext http)
    {
        var connection = connections.Of("awdpay").Single();
        return tokens.IsAlive(Credentials.Bearer(http))
            ? desk.AnswerAsync(http, connection, (string)http.GetRouteValue("reference")!, new StatusForm(
                PlayedAwdPay.WriteStatus, connection.Provider.Refuse(RefusalKind.NotFound, 0)))
            : desk.RefuseAsync(http, connection.Provider, RefusalKind.Unauthorised);
    }
}
