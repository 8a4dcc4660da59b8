using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Reconciler.Access;
using Reconciler.Finance;
using Reconciler.Hosting;

namespace Reconciler.Ledger;

/// <summary>The feed as server-sent events: all after a position, and then each change as it is committed, until the reader goes.</summary>
internal static class StreamChanges
{
    private const string LastEventId = "Last-Event-ID";

    internal static IResult Handle(
        [Description("The position that was read last; 0 or nothing for the start. The header Last-Event-ID goes before it.")] string? after,
        [Description("The epoch that the position belongs to, as the feed gave it.")] string? epoch,
        [Description("Only changes of this connection; may be repeated.")] string[]? connection,
        [Description("Only changes of this kind; may be repeated.")] string[]? kind,
        [Description("The id of the last event that was received, as every EventSource sends it when it comes back."), FromHeader(Name = LastEventId)] string? lastEventId,
        HttpContext context)
    {
        var query = new Conditions(context.Request.Query, FeedQuery.Known);
        var asked = FeedQuery.Of(query, context.Actor().Connections);
        if (!string.IsNullOrEmpty(lastEventId))
        {
            if (FeedQuery.TryPosition(lastEventId, out var position)) asked = asked with { After = position };
            else query.Refuse(LastEventId, "It is the id of an event of this stream: a position.");
        }

        return query.Problems.Count > 0 ? Problem.Invalid(query.Problems) : new ChangeStream(asked);
    }
}

/// <summary>One open stream.</summary>
internal sealed partial class ChangeStream(FeedQuery asked) : IResult
{
    // Of one read: a stream that waits for its reader holds no more than this.
    private const int PageMax = 250;
    private const int RetryMilliseconds = 1_000;
    private const int RetryAfterSeconds = 5;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var services = httpContext.RequestServices;
        var (options, clock) = (services.GetRequiredService<FeedOptions>(), services.GetRequiredService<TimeProvider>());
        using var place = services.GetRequiredService<FeedStreams>().TryOpen();
        if (place is null)
        {
            await Problem.Unavailable("This node has as many open streams as it may have. Try again, or read /v1/changes.", RetryAfterSeconds).ExecuteAsync(httpContext);
            return;
        }

        var first = await services.GetRequiredService<ChangeFeed>().ReadAsync(asked.After, PageMax, asked.Filter, httpContext.RequestAborted);
        if (await services.GetRequiredService<FeedRefusal>().OfAsync(first, asked.After, asked.Epoch, httpContext.RequestAborted) is { } refused)
        {
            await refused.ExecuteAsync(httpContext);
            return;
        }

        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        // A proxy that gathers the answer before it passes it on would keep it from the reader for ever.
        response.Headers["X-Accel-Buffering"] = "no";
        using var lifeIsOver = new CancellationTokenSource(options.StreamMax, clock);
        var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping, lifeIsOver.Token);
        var stream = new EventStream(response.BodyWriter, options.WriteTimeout, clock);
        try
        {
            await FollowAsync(stream, first, services.GetRequiredService<FeedTail>(), options.Heartbeat, clock, ending.Token, stopping);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The reader has gone, or comes back with its cursor: what was sent is whole events, and the answer ends after the last.
        }
        catch (TimeoutException)
        {
            LedgerMeasures.StreamsDropped.Add(1);
            TooSlow(services.GetRequiredService<ILogger<ChangeStream>>(), stream.Told, options.WriteTimeoutSeconds);
            httpContext.Abort();
        }
        catch (NpgsqlException away)
        {
            Away(services.GetRequiredService<ILogger<ChangeStream>>(), stream.Told, away.Message);
        }
    }

    private async Task FollowAsync(
        EventStream stream, FeedPage first, FeedTail tail, TimeSpan heartbeat, TimeProvider clock, CancellationToken ending, CancellationToken stopping)
    {
        stream.Open(first.Epoch, asked.After, RetryMilliseconds);
        var (page, position) = (first, asked.After);
        var spokeAt = clock.GetTimestamp();
        // A page of another history ends the stream: the reader comes back, and is told so. Who waits in the tail is woken by the
        // service's stop on the stopping thread itself, before that has reached what is linked to it: so it is asked first.
        while (!stopping.IsCancellationRequested && !ending.IsCancellationRequested && page.Epoch == first.Epoch && page.Head >= position)
        {
            position = page.Next;
            await stream.WriteAsync(page.Changes, ending);
            var isSilent = page.Changes.Count == 0 && clock.GetElapsedTime(spokeAt) >= heartbeat;
            if (isSilent || position - stream.Told >= ChangeFeed.ScanMax) stream.WriteHeartbeat(position);
            if (await stream.FlushAsync(ending) || page.Changes.Count > 0) spokeAt = clock.GetTimestamp();
            var quiet = heartbeat - clock.GetElapsedTime(spokeAt);
            page = await tail.ReadAsync(position, PageMax, asked.Filter, quiet > TimeSpan.Zero ? quiet : TimeSpan.Zero, ending);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A reader of the feed at {Position} took nothing for {Seconds} s, and was dropped")]
    private static partial void TooSlow(ILogger log, long position, int seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A reader of the feed at {Position} was sent away, the database does not answer: {Trouble}")]
    private static partial void Away(ILogger log, long position, string trouble);
}
