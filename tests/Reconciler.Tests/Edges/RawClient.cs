using System.Net.Sockets;
using System.Text;

namespace Reconciler.Tests.Edges;

/// <summary>A caller that speaks bytes, and does not behave.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public static async Task<RawClient> OpenAsync(Uri service)
    {
        var client = new RawClient();
        await client.socket.ConnectAsync(service.Host, service.Port);
        return client;
    }

    /// <summary>False where the other side took no more.</summary>
    public async Task<bool> SendAsync(string text)
    {
        try
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(text));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The status line that came before the other side closed; empty where none did.</summary>
    public async Task<string> UntilClosedAsync(TimeSpan most)
    {
        using var patience = new CancellationTokenSource(most, TimeProvider.System);
        var (buffer, text) = (new byte[4096], new StringBuilder());
        try
        {
            while (await socket.ReceiveAsync(buffer, patience.Token) is > 0 and var read) text.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }
        catch (SocketException)
        {
            // Reset, which is a way to close.
        }

        return text.ToString().Split("\r\n")[0];
    }

    public void Dispose() => socket.Dispose();
}
