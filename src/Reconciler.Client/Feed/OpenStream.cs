using System.Net.ServerSentEvents;
using System.Runtime.ExceptionServices;
using System.Text.Json;

namespace Reconciler.Client;

/// <summary>One open answer of <c>GET /v1/changes/stream</c>.</summary>
internal sealed class OpenStream : IDisposable
{
    private const string EpochEvent = "epoch";

    private readonly HttpResponseMessage response;
    private readonly CancellationTokenSource life;
    private readonly WatchedStream bytes;
    private readonly IAsyncEnumerator<SseItem<JsonElement>> events;
    private readonly int pageSize;
    private Task<bool>? moving;
    private Guid? epoch;
    private ExceptionDispatchInfo? wrong;

    /// <param name="life">Ends it.</param>
    internal OpenStream(HttpResponseMessage response, Stream body, FeedOptions options, CancellationTokenSource life)
    {
        (this.response, this.life, pageSize) = (response, life, options.PageSize);
        bytes = new WatchedStream(body, options.Patience, options.Clock);
        events = SseParser.Create(bytes, (_, data) => Parse(data)).EnumerateAsync(life.Token).GetAsyncEnumerator(life.Token);
    }

    /// <summary>Whether anything came, be it a sign of life. Some proxies open a stream and withhold what is in it.</summary>
    internal bool HasSpoken => bytes.HasSpoken;

    /// <summary>At least one change, and with it those that are here already.</summary>
    /// <exception cref="IOException">It has ended.</exception>
    internal async Task<ChangePage> NextAsync(FeedPosition after)
    {
        wrong?.Throw();
        var changes = new List<Change>();
        while (changes.Count < pageSize)
        {
            moving ??= events.MoveNextAsync().AsTask();
            // What is here is given out before what comes next is waited for, and before what is wrong is told.
            if (changes.Count > 0 && !moving.IsCompletedSuccessfully) break;
            if (!await moving) return changes.Count > 0 ? Page(changes) : throw new IOException("The stream of changes has ended.");
            moving = null;
            try
            {
                if (Read(events.Current, after) is { } change) changes.Add(change);
            }
            catch (Exception fault) when (changes.Count > 0)
            {
                wrong = ExceptionDispatchInfo.Capture(fault);
                break;
            }
        }

        return Page(changes);
    }

    private ChangePage Page(List<Change> changes) => new(changes, new FeedPosition(changes[^1].Position, epoch), Head: null);

    public void Dispose()
    {
        // A read may be under way: it is cancelled, and what it ends with is of no interest any more.
        life.Cancel();
        moving?.ContinueWith(ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        response.Dispose();
        life.Dispose();
    }

    /// <summary>Null for an event that tells of no change.</summary>
    private Change? Read(SseItem<JsonElement> happened, FeedPosition after)
    {
        var json = happened.Data;
        if (happened.EventType == EpochEvent)
        {
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(EpochEvent, out var text) || text.ValueKind != JsonValueKind.String
                || !text.TryGetGuid(out var came))
                throw new StrangeAnswer("The stream does not name its epoch.");
            if (after.Epoch is { } known && known != came) throw FeedHistoryChanged.Of(known, came);
            epoch = came;
            return null;
        }

        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("position", out _)) return null;
        return epoch is null ? throw new StrangeAnswer("The stream has not named its epoch.") : ChangeReading.Of(json, epoch);
    }

    private static JsonElement Parse(ReadOnlySpan<byte> data)
    {
        try
        {
            return JsonElement.Parse(data);
        }
        catch (JsonException fault)
        {
            throw new StrangeAnswer("What came in the stream is not JSON.", fault);
        }
    }
}
