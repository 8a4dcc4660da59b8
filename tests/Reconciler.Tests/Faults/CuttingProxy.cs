using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace Reconciler.Tests.Faults;

/// <summary>Where a connection is cut.</summary>
public enum CutAt
{
    /// <summary>The server never sees the statement.</summary>
    BeforeForwarding,

    /// <summary>The server has carried the statement out and said so; nobody hears it.</summary>
    BeforeTheAnswer,
}

/// <summary>Stands between a node and PostgreSQL, and cuts one connection at one statement when armed. Statements must not be prepared.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly int serverPort;
    private readonly Task accepting;
    private Armed? armed;

    public CuttingProxy(string connectionString)
    {
        var server = new NpgsqlConnectionStringBuilder(connectionString);
        serverPort = server.Port;
        listener.Start();
        ConnectionString = new NpgsqlConnectionStringBuilder(connectionString) { Port = ((IPEndPoint)listener.LocalEndpoint).Port }.ConnectionString;
        accepting = AcceptAsync();
    }

    /// <summary>Leads through the proxy.</summary>
    public string ConnectionString { get; }

    public int Cuts { get; private set; }

    /// <param name="statement">What to look for in what the node sends, and in what the server answers to it.</param>
    /// <param name="after">How many of these pass first.</param>
    public void Arm(string statement, CutAt at, int after = 0) => Volatile.Write(ref armed, new Armed(statement, at) { Passes = after });

    private async Task AcceptAsync()
    {
        var links = new List<Task>();
        try
        {
            while (true) links.Add(LinkAsync(await listener.AcceptTcpClientAsync(stopping.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(links);
        }
    }

    private async Task LinkAsync(TcpClient client)
    {
        using var server = new TcpClient { NoDelay = true };
        using (client)
        {
            client.NoDelay = true;
            using var cut = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
            var link = new Link();
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, serverPort, cut.Token);
                await Task.WhenAny(
                    PumpAsync(client.GetStream(), server.GetStream(), chunk => Forward(link, chunk), cut),
                    PumpAsync(server.GetStream(), client.GetStream(), chunk => Answer(link, chunk), cut));
            }
            catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException)
            {
                // One of the two ends is gone: the other one is told by the end of its socket.
            }

            // Reset, not closed: what is under way is lost, as it is when a cable breaks.
            client.LingerState = new LingerOption(true, 0);
        }
    }

    private bool Forward(Link link, ReadOnlySpan<byte> chunk)
    {
        if (Volatile.Read(ref armed) is not { } one || chunk.IndexOf(one.Statement) < 0 || one.Passes-- > 0) return true;
        Volatile.Write(ref armed, null);
        Cuts++;
        if (one.At == CutAt.BeforeForwarding) return false;
        link.SwallowFrom = one.Statement;
        return true;
    }

    // The answer that says it is done is waited for, and then nothing of it is handed on.
    private static bool Answer(Link link, ReadOnlySpan<byte> chunk) => link.SwallowFrom is not { } word || chunk.IndexOf(word) < 0;

    private static async Task PumpAsync(NetworkStream from, NetworkStream to, Judge mayPass, CancellationTokenSource cut)
    {
        var buffer = new byte[1 << 20];
        try
        {
            while (await from.ReadAsync(buffer, cut.Token) is var read && read > 0)
            {
                if (!mayPass(buffer.AsSpan(0, read))) break;
                await to.WriteAsync(buffer.AsMemory(0, read), cut.Token);
            }
        }
        finally
        {
            await cut.CancelAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
        stopping.Dispose();
    }

    private delegate bool Judge(ReadOnlySpan<byte> chunk);

    private sealed class Armed(string statement, CutAt at)
    {
        public byte[] Statement { get; } = Encoding.ASCII.GetBytes(statement);

        public CutAt At { get; } = at;

        public int Passes { get; set; }
    }

    private sealed class Link
    {
        public byte[]? SwallowFrom { get; set; }
    }
}
