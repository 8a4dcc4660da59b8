using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Reconciler.Client.Tests.Feed;

/// <summary>
/// A feed on a free port that answers as the service does, but for what a test makes it do: a real service leaves no gap and sends no HTML.
/// </summary>
internal sealed class PlayedFeed : IAsyncDisposable
{
    private readonly WebApplication app;

    private PlayedFeed()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.MapGet("/v1/changes", async (HttpContext http) =>
        {
            Requests.Enqueue(http.Request.QueryString.Value!);
            if (Instead.TryDequeue(out var instead)) await instead(http);
            else await AnswerAsync(http, Long(http, "after"), (int)Long(http, "limit"));
        });
        app.MapGet("/v1/changes/stream", async (HttpContext http) =>
        {
            StreamsAsked.Enqueue(http.Request.Headers["Last-Event-ID"].ToString());
            if (InsteadOfStream.TryDequeue(out var instead)) await instead(http);
            else await StreamAsync(http, LastEvent(http), Head);
        });
    }

    /// <summary>Each answers one request for the stream, in turn, instead of the feed.</summary>
    public ConcurrentQueue<RequestDelegate> InsteadOfStream { get; } = new();

    /// <summary>What each request for the stream sent as its last event's id.</summary>
    public ConcurrentQueue<string> StreamsAsked { get; } = new();

    public Guid Epoch { get; set; } = Guid.CreateVersion7();

    /// <summary>The feed's last position.</summary>
    public long Head { get; set; }

    /// <summary>What a change looks like; plain where null.</summary>
    public Action<JsonObject>? Altered { get; set; }

    /// <summary>Each answers one request, in turn, instead of the feed.</summary>
    public ConcurrentQueue<RequestDelegate> Instead { get; } = new();

    public ConcurrentQueue<string> Requests { get; } = new();

    public HttpClient Http { get; private set; } = null!;

    public static async Task<PlayedFeed> StartAsync(long head)
    {
        var feed = new PlayedFeed { Head = head };
        await feed.app.StartAsync();
        feed.Http = new HttpClient { BaseAddress = new Uri(feed.app.Urls.First()) };
        return feed;
    }

    /// <summary>A page that begins behind a position other than the one asked for.</summary>
    public Task AnswerAsync(HttpContext http, long after, int limit)
    {
        var changes = new JsonArray();
        for (var position = after + 1; position <= Head && changes.Count < limit; position++) changes.Add(Change(position));
        var next = after + changes.Count;
        return http.Response.WriteAsJsonAsync(
            new JsonObject { ["epoch"] = Epoch, ["changes"] = changes, ["next"] = next.ToString(CultureInfo.InvariantCulture) });
    }

    /// <summary>A page as a filter gives it: every so many-th change, and the next position beyond the last one.</summary>
    public Task AnswerAsync(HttpContext http, long after, int every, long head)
    {
        var changes = new JsonArray();
        var position = after + every - after % every;
        for (; position <= head && changes.Count < (int)Long(http, "limit"); position += every) changes.Add(Change(position));
        var next = position <= head ? (long)changes[^1]!["position"]! : head;
        return http.Response.WriteAsJsonAsync(
            new JsonObject { ["epoch"] = Epoch, ["changes"] = changes, ["next"] = next.ToString(CultureInfo.InvariantCulture) });
    }

    public static long LastEvent(HttpContext http) => long.Parse(http.Request.Headers["Last-Event-ID"].ToString(), CultureInfo.InvariantCulture);

    /// <summary>A stream of what lies behind one position up to another, which then ends.</summary>
    /// <param name="keeping">Stays open, and silent.</param>
    public async Task StreamAsync(HttpContext http, long after, long to, bool keeping = false)
    {
        if (!http.Response.HasStarted) http.Response.ContentType = "text/event-stream";
        await WriteAsync($"retry: 1000\nevent: epoch\ndata: {{\"epoch\":\"{Epoch}\",\"after\":\"{after}\"}}\n\n:\n\n");
        for (var position = after + 1; position <= to; position++)
            await WriteAsync($"id: {position}\nevent: payout.status_changed\ndata: {Change(position).ToJsonString()}\n\n");
        if (keeping) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted);

        async Task WriteAsync(string text)
        {
            await http.Response.WriteAsync(text);
            await http.Response.Body.FlushAsync();
        }
    }

    public static Task ProblemAsync(HttpContext http, int status, string type, string? retryAfter = null)
    {
        http.Response.StatusCode = status;
        if (retryAfter is not null) http.Response.Headers.RetryAfter = retryAfter;
        http.Response.ContentType = "application/problem+json";
        return http.Response.WriteAsync(JsonSerializer.Serialize(
            new { type = "urn:reconciler:problem:" + type, title = "A title", status, detail = "What to do." }));
    }

    public static long Long(HttpContext http, string name) => long.Parse(http.Request.Query[name].ToString(), CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.DisposeAsync();
    }

    private JsonObject Change(long position)
    {
        var change = new JsonObject
        {
            ["position"] = position,
            ["id"] = new Guid((int)position, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0),
            ["kind"] = "payout.status_changed",
            ["payout"] = $"zopay-test/p-{position}",
            ["statusVersion"] = 1,
            ["to"] = "succeeded",
            ["amount"] = "5000",
            ["currency"] = "XOF",
            ["occurredAt"] = "2026-11-21T12:00:00Z",
            ["recordedAt"] = "2026-11-21T12:00:00Z",
        };
        Altered?.Invoke(change);
        return change;
    }
}
