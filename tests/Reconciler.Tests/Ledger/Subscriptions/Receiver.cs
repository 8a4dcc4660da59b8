using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Reconciler.Tests.Ledger.Subscriptions;

/// <summary>One request as a subscriber got it.</summary>
internal sealed record Received(string Id, string Timestamp, string Signature, byte[] Body)
{
    private readonly JsonNode change = JsonNode.Parse(Body)!;

    public long Position => (long)change["position"]!;

    public string Payout => (string)change["payout"]!;

    public string Kind => (string)change["kind"]!;
}

/// <summary>A real subscriber on a free port, which answers as the test says and remembers what it got.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication app;

    private Receiver(WebApplication app) => this.app = app;

    public Uri Address => new(app.Urls.Single());

    public ConcurrentQueue<Received> All { get; } = new();

    /// <summary>Those that were answered with 2xx.</summary>
    public ConcurrentQueue<Received> Accepted { get; } = new();

    /// <summary>Called for each request after it was read; 200 unless it sets something else.</summary>
    public Func<Received, HttpContext, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public static async Task<Receiver> StartAsync(Uri? at = null, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(at?.ToString() ?? (certificate is null ? "http://127.0.0.1:0" : "https://127.0.0.1:0"));
        if (certificate is not null)
            builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(server => server.ConfigureHttpsDefaults(https => https.ServerCertificate = certificate));
        var receiver = new Receiver(builder.Build());
        receiver.app.MapPost("/{**path}", receiver.TakeAsync);
        await receiver.app.StartAsync();
        return receiver;
    }

    public static async Task StatusAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        await context.Response.CompleteAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var headers = context.Request.Headers;
        var received = new Received(headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString(), headers["webhook-signature"].ToString(), body.ToArray());
        All.Enqueue(received);
        await Answer(received, context);
        if (context.Response.StatusCode is >= 200 and < 300 && !context.RequestAborted.IsCancellationRequested) Accepted.Enqueue(received);
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero, TimeProvider.System);
        try
        {
            await app.StopAsync(atOnce.Token);
        }
        catch (OperationCanceledException)
        {
            // Requests that hang on purpose are not waited for.
        }

        await app.DisposeAsync();
    }
}
