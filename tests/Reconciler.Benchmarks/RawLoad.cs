using System.Net;
using System.Net.Sockets;

namespace Reconciler.Benchmarks;

/// <param name="Milliseconds">Of every answered request of the measured time, sorted.</param>
internal sealed record LoadResult(long Answered, long Refused, TimeSpan Elapsed, long NextNumber, float[] Milliseconds)
{
    internal double PerSecond => Answered / Elapsed.TotalSeconds;

    internal float Percentile(int percent) => Milliseconds.Length == 0 ? 0 : Milliseconds[(int)((Milliseconds.Length - 1L) * percent / 100)];
}

/// <summary>Keeps so many connections busy, one request at a time each, over plain sockets: the generator must not be the bottleneck.</summary>
internal static class RawLoad
{
    private const int BufferBytes = 8192;

    internal static async Task<LoadResult> RunAsync(Uri url, int connections, TimeSpan duration, long payouts, long firstNumber, TimeProvider clock)
    {
        var number = firstNumber - 1;
        var started = clock.GetTimestamp();
        var results = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(DriveAsync)));
        var elapsed = clock.GetElapsedTime(started);
        var all = results.SelectMany(one => one.Latencies).ToArray();
        Array.Sort(all);
        return new LoadResult(results.Sum(one => one.Answered), results.Sum(one => one.Refused), elapsed, Interlocked.Read(ref number) + 1, all);

        async Task<(long Answered, long Refused, List<float> Latencies)> DriveAsync()
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, url.Port));
            var (request, response) = (new byte[BufferBytes], new byte[BufferBytes]);
            var latencies = new List<float>(capacity: 16384);
            long answered = 0, refused = 0;
            while (clock.GetElapsedTime(started) < duration)
            {
                var length = Webhook.Write(Interlocked.Increment(ref number), payouts, url.AbsolutePath, request);
                var sentAt = clock.GetTimestamp();
                await socket.SendAsync(request.AsMemory(0, length));
                if (await StatusAsync(socket, response) == 200)
                {
                    answered++;
                    latencies.Add((float)clock.GetElapsedTime(sentAt).TotalMilliseconds);
                }
                else
                {
                    refused++;
                }
            }

            return (answered, refused, latencies);
        }
    }

    internal static async Task<int> StatusAsync(Socket socket, byte[] buffer)
    {
        var filled = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(filled));
            if (read == 0) throw new IOException("The server closed the connection.");
            filled += read;
            var end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
            if (end < 0) continue;
            var expected = end + 4 + ContentLength(buffer.AsSpan(0, end));
            while (filled < expected) filled += await socket.ReceiveAsync(buffer.AsMemory(filled));
            return (buffer[9] - '0') * 100 + (buffer[10] - '0') * 10 + (buffer[11] - '0');
        }
    }

    private static int ContentLength(ReadOnlySpan<byte> head)
    {
        var at = head.IndexOf("Content-Length: "u8);
        if (at < 0) return 0;
        var length = 0;
        foreach (var digit in head[(at + "Content-Length: "u8.Length)..])
        {
            if (digit is < (byte)'0' or > (byte)'9') break;
            length = length * 10 + (digit - '0');
        }

        return length;
    }
}
