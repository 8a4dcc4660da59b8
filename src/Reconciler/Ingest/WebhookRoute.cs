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
    private const int PausedRetrySeconds = 300;

    internal static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var parts = new Parts(
            services.GetRequiredService<ReceiveDelivery>(), services.GetRequiredService<ConnectionRegistry>(), services.GetRequiredService<SilenceClock>(),
            services.GetRequiredService<DeliveryTally>(), services.GetRequiredService<EndpointProbes>(), services.GetRequiredService<TimeProvider>());
        routes.MapPost("/webhooks/{connection}", (HttpContext context, string connection) => ReceiveAsync(context, connection, parts))
            // A delivery proves itself by its signature: keys of callers have no business here, and at this rate no time.
            .ShortCircuit()
            .WithTags("Webhooks")
            .WithSummary("A provider's delivery.")
            .WithDescription("200: kept (duplicates, too). 401: not verified. 404: unknown connection. 413: over 256 KB. 503: cannot be made permanent now, or the "
                + "connection is paused.")
            .WithMetadata(Answers(StatusCodes.Status200OK), Answers(StatusCodes.Status401Unauthorized), Answers(StatusCodes.Status404NotFound),
                Answers(StatusCodes.Status413PayloadTooLarge), Answers(StatusCodes.Status503ServiceUnavailable));
    }

    private sealed record Parts(
        ReceiveDelivery Receive, ConnectionRegistry Connections, SilenceClock Silence, DeliveryTally Tally, EndpointProbes Probes, TimeProvider Clock);

    private static async Task ReceiveAsync(HttpContext context, string key, Parts parts)
    {
        context.Response.Headers.XContentTypeOptions = SecurityHeaders.NoSniff;
        using var span = Measures.Source.StartActivity("delivery");
        span?.SetTag("connection", key);
        if (parts.Connections.Find(key) is not { } connection)
        {
            await new Problem(ProblemKind.ConnectionUnknown, $"There is no connection '{key}' here.").ExecuteAsync(context);
            return;
        }

        if (connection.IsPaused)
        {
            parts.Tally.Note(connection.Settings.Key, DeliveryVerdicts.Paused);
            await Paused(key).ExecuteAsync(context);
            return;
        }

        if (await RequestBody.ReadAsync(context.Request, context.RequestAborted) is not { } body)
        {
            parts.Tally.Note(connection.Settings.Key, "too_large");
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
            parts.Clock.GetUtcNow().ToMicrosecond());
        if (parts.Probes.IsOurs(connection, context.Request.Headers, delivery.ReceivedAt) is { } probe)
        {
            await parts.Probes.ArrivedAsync(probe, connection, delivery, context);
            return;
        }

        try
        {
            // Not tied to the sender's patience: what it gave us is kept, even when it hangs up before our answer.
            var (answer, appended) = await parts.Receive.HandleAsync(
                connection, delivery, context.Connection.RemoteIpAddress, CancellationToken.None);
            span?.SetTag("answer", answer.Word());
            if (appended?.NextPollAt <= delivery.ReceivedAt) parts.Silence.Wake(connection.Settings.Key);
            await (answer switch
            {
                DeliveryAnswer.Kept or DeliveryAnswer.Ignored => Task.CompletedTask,
                DeliveryAnswer.NotVerified => new Problem(ProblemKind.NotAuthenticated, "The delivery is not verified.").ExecuteAsync(context),
                DeliveryAnswer.TryAgain => Unavailable().ExecuteAsync(context),
            });
        }
        catch (AppendUnavailable)
        {
            parts.Tally.Note(connection.Settings.Key, "unavailable");
            await Unavailable().ExecuteAsync(context);
        }
    }

    private static ProducesResponseTypeMetadata Answers(int status) =>
        status == StatusCodes.Status200OK
            ? new ProducesResponseTypeMetadata(status)
            : new ProducesResponseTypeMetadata(status, typeof(ProblemBody), [Problem.ContentType]);

    private static Problem Unavailable() =>
        Problem.Unavailable("The delivery is not known to be kept; send it again.", AppendUnavailable.RetryAfterSeconds);

    // A status that every one of the providers sends again after: what comes meanwhile is late, and not lost.
    private static Problem Paused(string key) =>
        new(ProblemKind.ConnectionPaused, $"'{key}' is paused by its operator; send it again later.", retryAfterSeconds: PausedRetrySeconds);

    // RFC 9421 covers the path as the sender wrote it, before anything decoded it.
    private static string PathAsSent(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var query = target.IndexOf('?');
        return query < 0 ? target : target[..query];
    }
}
