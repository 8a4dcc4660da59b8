using System.Net;
using System.Net.Sockets;

namespace Reconciler.Tests.Client;

/// <summary>An address that stays while what stands behind it is killed and started anew on other ports, as behind a load balancer.</summary>
internal sealed class StandingAddress : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Task accepting;
    private CancellationTokenSource open = new();
    private int links;

    public StandingAddress()
    {
        listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>Where it leads; null: connections are closed as they come.</summary>
    public Uri? Target { get; set; }

    /// <summary>Connections that were made so far.</summary>
    public int Links => Volatile.Read(ref links);

    /// <summary>Breaks every open connection, in the middle of whatever it carries.</summary>
    public void Cut() => Interlocked.Exchange(ref open, new CancellationTokenSource()).Cancel();

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        Cut();
        listener.Stop();
        await accepting;
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var carried = new List<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stopping.Token);
                carried.RemoveAll(link => link.IsCompleted);
                carried.Add(CarryAsync(client, Volatile.Read(ref open).Token));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(carried);
        }
    }

    private async Task CarryAsync(TcpClient client, CancellationToken cut)
    {
        using var server = new TcpClient { NoDelay = true };
        using (client)
        {
            if (Target is not { } target) return;
            Interlocked.Increment(ref links);
            client.NoDelay = true;
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, target.Port, cut);
                var ended = await Task.WhenAny(
                    client.GetStream().CopyToAsync(server.GetStream(), cut),
                    server.GetStream().CopyToAsync(client.GetStream(), cut));
                await ended;
            }
            catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException)
            {
                // One of the two ends is gone: the other one is told by the end of its socket.
            }

            client.LingerState = new LingerOption(true, 0);
        }
    }
}
