using Microsoft.AspNetCore.Http.Features;
using Reconciler.Appending;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Hosting;
using Reconciler.Polling;
using Reconciler.Providers;
using Reconciler.Telemetry;

namespace Reconciler.Ingest;

/// <summary><c>POST /webhooks/{connection}</c>: answered 2xx only after what it says is permanent.</summary>
internal static class WebhookRoute
{
    internal static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        var receive = routes.ServiceProvider.GetRequiredService<ReceiveDelivery>();
        var connections = routes.ServiceProvider.GetRequiredService<ConnectionRegistry>();
        var silence = routes.ServiceProvider.GetRequiredService<SilenceClock>();
        var clock = routes.ServiceProvider.GetRequiredService<TimeProvider>();
        routes.MapPost("/webhooks/{connection}", (HttpContext context, string connection) => ReceiveAsync(context, connection, receive, connections, silence, clock))
            // A delivery proves itself by its signature: keys of callers have no business here, and at this rate no time.
            .ShortCircuit()
            .WithTags("Webhooks")
            .WithSummary("A provider's delivery.")
            .WithDescription("200: kept (duplicates, too). 401: not verified. 404: unknown connection. 413: over 256 KB. 503: cannot be made permanent now.")
            .WithMetadata(Answers(StatusCodes.Status200OK), Answers(StatusCodes.Status401Unauthorized), Answers(StatusCodes.Status404NotFound),
                Answers(StatusCodes.Status413PayloadTooLarge), Answers(StatusCodes.Status503ServiceUnavailable));
    }

    private static async Task ReceiveAsync(
        HttpContext context, string key, ReceiveDelivery receive, ConnectionRegistry connections, SilenceClock silence, TimeProvider clock)
    {
        using var span = Measures.Source.StartActivity("delivery");
        span?.SetTag("connection", key);
        if (connections.Find(key) is not { } connection)
        {
            await new Problem(ProblemKind.ConnectionUnknown, $"There is no connection '{key}' here.").ExecuteAsync(context);
            return;
        }

        if (await RequestBody.ReadAsync(context.Request, context.RequestAborted) is not { } body)
        {
            Measures.Delivery(connection.Settings.Key, "too_large");
            context.Response.Headers.Connection = "close";
            await new Problem(ProblemKind.TooLarge, $"A delivery has at most {RequestBody.BytesMax} bytes.").ExecuteAsync(context);
            return;
        }

        var delivery = new Delivery(
            context.Request.Method,
            context.Request.Host.Value ?? "",
            PathAsSent(context),
            new RequestHeaders(context.Request.Headers),
            body,
            clock.GetUtcNow().ToMicrosecond());
        try
        {
            // Not tied to the sender's patience: what it gave us is kept, even when it hangs up before our answer.
            var (answer, appended) = await receive.HandleAsync(
                connection, delivery, context.Connection.RemoteIpAddress?.ToString(), CancellationToken.None);
            span?.SetTag("answer", answer.Word());
            if (appended?.NextPollAt <= delivery.ReceivedAt) silence.Wake(connection.Settings.Key);
            await (answer switch
            {
                DeliveryAnswer.Kept or DeliveryAnswer.Ignored => Task.CompletedTask,
                DeliveryAnswer.NotVerified => new Problem(ProblemKind.NotAuthenticated, "The delivery is not verified.").ExecuteAsync(context),
                DeliveryAnswer.TryAgain => Unavailable().ExecuteAsync(context),
            });
        }
        catch (AppendUnavailable)
        {
            Measures.Delivery(connection.Settings.Key, "unavailable");
            await Unavailable().ExecuteAsync(context);
        }
    }

    private static ProducesResponseTypeMetadata Answers(int status) =>
        status == StatusCodes.Status200OK
            ? new ProducesResponseTypeMetadata(status)
            : new ProducesResponseTypeMetadata(status, typeof(ProblemBody), [Problem.ContentType]);

    private static Problem Unavailable() =>
        Problem.Unavailable("The delivery is not known to be kept; send it again.", AppendUnavailable.RetryAfterSeconds);

    // RFC 9421 covers the path as the sender wrote it, before anything decoded it.
    private static string PathAsSent(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var query = target.IndexOf('?');
        return query < 0 ? target : target[..query];
    }
}
