using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Reconciler.Simulator.Tests;

/// <summary>One webhook as it came in.</summary>
public sealed record Received(string Connection, string Authority, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body);

/// <summary>Takes webhooks on a free port, keeps them, and answers as it is told.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Received> _received = new();

    private WebhookReceiver(Func<Received, int> answers)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/webhooks/{connection}", async (string connection, HttpContext http) =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            var headers = http.Request.Headers.ToDictionary(
                header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            var webhook = new Received(connection, http.Request.Host.Value!, http.Request.Path.Value!, headers, body.ToArray());
            _received.Enqueue(webhook);
            return Results.StatusCode(answers(webhook));
        });
    }

    public Uri Url => new(_app.Urls.First());

    public IReadOnlyList<Received> All => [.. _received];

    /// <param name="answers">The status for a webhook; 200 for all where absent.</param>
    public static async Task<WebhookReceiver> StartAsync(Func<Received, int>? answers = null)
    {
        var receiver = new WebhookReceiver(answers ?? (_ => 200));
        await receiver._app.StartAsync();
        return receiver;
    }

    public async Task<IReadOnlyList<Received>> WaitForAsync(int count)
    {
        await Eventually.HoldsAsync(() => _received.Count >= count, $"{count} webhooks, not {_received.Count}");
        return All;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
