using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Reconciler.Benchmarks;

/// <summary>A reader of the streamed feed over a plain socket: it must not be the bottleneck.</summary>
internal sealed class RawStream : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    internal static async Task<RawStream> OpenAsync(Uri service, string query = "", int? receiveBytes = null)
    {
        var stream = new RawStream();
        if (receiveBytes is { } bytes) stream.socket.ReceiveBufferSize = bytes;
        await stream.socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, service.Port));
        await stream.socket.SendAsync(Encoding.ASCII.GetBytes(
            $"GET /v1/changes/stream?{query} HTTP/1.1\r\nHost: {service.Authority}\r\nAuthorization: Bearer {IngestBenchmark.AdminKey}\r\n\r\n"));
        return stream;
    }

    /// <summary>Some bytes of the answer, framing and all; 0 at its end, or where it was cut off.</summary>
    internal async Task<int> ReadAsync(Memory<byte> into)
    {
        try
        {
            return await socket.ReceiveAsync(into);
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    public void Dispose() => socket.Dispose();
}
