using System.Net;
using System.Text;
using System.Text.Json;

namespace Reconciler.Providers.Tests.Webhooks;

/// <summary>pawaPay's side of the key exchange, on a real socket: publishes keys and counts who asks.</summary>
internal sealed class KeyServer : IAsyncDisposable
{
    private const int PortTries = 20;

    private readonly HttpListener listener;
    private readonly Task serving;
    private int calls;

    public KeyServer()
    {
        (listener, Address) = Listening();
        serving = ServeAsync();
    }

    public Uri Address { get; }

    public int Calls => Volatile.Read(ref calls);

    public IReadOnlyList<WebhookKey> Published { get; set; } = [];

    /// <summary>What is answered instead of the keys.</summary>
    public (int Status, string Body)? Instead { get; set; }

    /// <summary>Answers wait for this.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public string? LastPath { get; private set; }

    public string? LastAuthorization { get; private set; }

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await serving;
    }

    // The framework's listener takes no port 0, and a free port may be taken between asking and listening: then another is tried.
    private static (HttpListener Listener, Uri Address) Listening()
    {
        for (var attempt = 1; ; attempt++)
        {
            var address = new Uri($"http://127.0.0.1:{Random.Shared.Next(20_000, 60_000)}/");
            var listener = new HttpListener { Prefixes = { address.AbsoluteUri } };
            try
            {
                listener.Start();
                return (listener, address);
            }
            catch (HttpListenerException) when (attempt < PortTries)
            {
                listener.Close();
            }
        }
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                var context = await listener.GetContextAsync();
                Interlocked.Increment(ref calls);
                LastPath = context.Request.Url?.AbsolutePath;
                LastAuthorization = context.Request.Headers["Authorization"];
                await Gate;
                await AnswerAsync(context.Response);
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                if (!listener.IsListening) return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerResponse response)
    {
        var (status, body) = Instead ?? (200, JsonSerializer.Serialize(Published.Select(key => new { id = key.Id, key = key.Pem })));
        response.StatusCode = status;
        response.ContentType = "application/json";
        await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
        response.Close();
    }
}
