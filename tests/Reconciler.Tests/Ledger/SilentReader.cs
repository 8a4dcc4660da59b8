using System.Net.Sockets;
using System.Text;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Ledger;

/// <summary>Asks, and then takes nothing of the answer until it is told to.</summary>
internal sealed class SilentReader : IDisposable
{
    private readonly Socket socket;

    private SilentReader(Socket socket) => this.socket = socket;

    public static async Task<SilentReader> OpenAsync(Uri service, string path)
    {
        // A small buffer: what the kernel takes in its place would hide that nobody reads.
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(service.Host, service.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {service.Authority}\r\nAuthorization: Bearer {ServiceHost.AdminKey}\r\n\r\n"));
        return new SilentReader(socket);
    }

    /// <summary>All that is still there to be had.</summary>
    public async Task<byte[]> DrainAsync()
    {
        using var taken = new MemoryStream();
        var buffer = new byte[65536];
        try
        {
            while (await socket.ReceiveAsync(buffer) is > 0 and var count) taken.Write(buffer, 0, count);
        }
        catch (SocketException)
        {
            // It was cut off.
        }

        return taken.ToArray();
    }

    public void Dispose() => socket.Dispose();
}
