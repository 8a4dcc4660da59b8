using System.Collections.Concurrent;
using System.Net;

namespace Reconciler.Tests.Ingest;

/// <summary>A provider's status API that knows no answer, and remembers what it was asked.</summary>
internal sealed class StatusApi : IAsyncDisposable
{
    private const int PortFirst = 20_000;
    private const int PortLast = 30_000;
    private const int AttemptsMax = 50;

    private readonly HttpListener listener;
    private readonly Task serving;

    public StatusApi()
    {
        (listener, Address) = Listening();
        serving = ServeAsync();
    }

    public string Address { get; }

    public ConcurrentQueue<string> Asked { get; } = new();

    // This kind of listener cannot choose a free port itself.
    private static (HttpListener Listener, string Address) Listening()
    {
        for (var attempt = 1; ; attempt++)
        {
            var address = $"http://127.0.0.1:{Random.Shared.Next(PortFirst, PortLast)}";
            var listener = new HttpListener { Prefixes = { $"{address}/" } };
            try
            {
                listener.Start();
                return (listener, address);
            }
            catch (HttpListenerException) when (attempt < AttemptsMax)
            {
                listener.Close();
            }
        }
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                Asked.Enqueue(context.Request.RawUrl ?? "");
                context.Response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
                context.Response.Close();
            }
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await serving;
    }
}
