using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Reconciler.Benchmarks;

/// <summary>
/// Honest deliveries beside callers that do not behave: how many of them are answered 200, how fast, and what the service holds in memory.
/// One kind of trouble at a time, each from the first second of the measured time to the last.
/// </summary>
internal static class EdgesBenchmark
{
    private const int HonestConnections = 4;
    private const int SlowEveryMilliseconds = 1_000;
    private const int ChunkBytes = 64 * 1024;
    private const int BodyBytes = 100 * 1024 * 1024;

    internal static async Task<int> RunAsync(Options options)
    {
        var (idle, slow, forgers, large) = (options.Number("idle", 10_000), options.Number("slow", 1_000), options.Number("forgers", 64), options.Number("large", 16));
        var (warmup, measured) = (TimeSpan.FromSeconds(options.Number("warmup", 10)), TimeSpan.FromSeconds(options.Number("seconds", 15)));
        await using var bench = await FeedBench.StartAsync();
        var url = new Uri(bench.Service.Address, $"/webhooks/{Webhook.Connection}");
        var number = (await RawLoad.RunAsync(url, HonestConnections, warmup, int.MaxValue / 3, 0, TimeProvider.System)).NextNumber;
        await MeasureAsync("nothing", _ => Task.FromResult(""));
        await MeasureAsync($"{idle} idle connections", stop => IdleAsync(url, idle, stop));
        await MeasureAsync($"{slow} that drip headers", stop => DripAsync(url, slow, $"POST {url.AbsolutePath} HTTP/1.1\r\nHost: x\r\n", "X-Slow: 1\r\n", stop));
        await MeasureAsync($"{slow} that drip bodies",
            stop => DripAsync(url, slow, $"POST {url.AbsolutePath} HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n", "x", stop));
        await MeasureAsync($"{large} with 100 MB bodies", stop => LargeAsync(url, large, stop));
        await MeasureAsync($"{forgers} that forge at full speed", stop => ForgeAsync(url, forgers, stop));
        await MeasureAsync("nothing, afterwards", _ => Task.FromResult(""));
        return 0;

        async Task MeasureAsync(string what, Func<CancellationToken, Task<string>> trouble)
        {
            using var stop = new CancellationTokenSource();
            var troubling = Task.Run(() => trouble(stop.Token));
            var result = await RawLoad.RunAsync(url, HonestConnections, measured, int.MaxValue / 3, number, TimeProvider.System);
            number = result.NextNumber;
            var memory = bench.Service.ResidentBytes >> 20;
            await stop.CancelAsync();
            var share = 100.0 * result.Answered / Math.Max(1, result.Answered + result.Refused);
            Console.WriteLine($"  {what,-30} honest: {share,6:F2} % answered 200, {result.PerSecond,6:F0}/s, p50 {result.Percentile(50),5:F1} ms, "
                + $"p99 {result.Percentile(99),6:F1} ms   memory {memory} MB   {await troubling}");
        }
    }

    private static async Task<string> IdleAsync(Uri url, int count, CancellationToken stop)
    {
        var sockets = new List<Socket>();
        try
        {
            while (sockets.Count < count && !stop.IsCancellationRequested) sockets.Add(await ConnectAsync(url));
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        }
        catch (OperationCanceledException)
        {
            // The time is over.
        }

        var text = $"{sockets.Count} were open";
        sockets.ForEach(socket => socket.Dispose());
        return text;
    }

    private static async Task<string> DripAsync(Uri url, int count, string head, string drop, CancellationToken stop)
    {
        var closed = 0;
        await Task.WhenAll(Enumerable.Range(0, count).Select(async _ =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var socket = await ConnectAsync(url);
                try
                {
                    await socket.SendAsync(Encoding.ASCII.GetBytes(head), stop);
                    while (true)
                    {
                        await Task.Delay(TimeSpan.FromMilliseconds(SlowEveryMilliseconds), TimeProvider.System, stop);
                        await socket.SendAsync(Encoding.ASCII.GetBytes(drop), stop);
                    }
                }
                catch (Exception end) when (end is SocketException or OperationCanceledException)
                {
                    if (end is SocketException) Interlocked.Increment(ref closed);
                }
            }
        }));
        return $"{closed} were closed by the service";
    }

    private static async Task<string> LargeAsync(Uri url, int count, CancellationToken stop)
    {
        var (tries, sent) = (0L, 0L);
        var head = Encoding.ASCII.GetBytes($"POST {url.AbsolutePath} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        var chunk = Encoding.ASCII.GetBytes($"{ChunkBytes:x}\r\n{new string('x', ChunkBytes)}\r\n");
        await Task.WhenAll(Enumerable.Range(0, count).Select(async _ =>
        {
            while (!stop.IsCancellationRequested)
            {
                Interlocked.Increment(ref tries);
                using var socket = await ConnectAsync(url);
                try
                {
                    await socket.SendAsync(head, stop);
                    for (var bytes = 0; bytes < BodyBytes; bytes += ChunkBytes) Interlocked.Add(ref sent, await socket.SendAsync(chunk, stop));
                }
                catch (Exception end) when (end is SocketException or OperationCanceledException)
                {
                    // It was closed, which is what it should be.
                }
            }
        }));
        return $"{tries} tries, {sent / 1024 / Math.Max(1, tries)} KB of each were taken";
    }

    private static async Task<string> ForgeAsync(Uri url, int count, CancellationToken stop)
    {
        var (refused, accepted) = (0L, 0L);
        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, count).Select(forger => Task.Run(async () =>
        {
            using var socket = await ConnectAsync(url);
            var (request, response) = (new byte[8192], new byte[8192]);
            for (var number = forger * 1_000_000L; !stop.IsCancellationRequested; number++)
            {
                var length = Webhook.Write(number, int.MaxValue / 3, url.AbsolutePath, request);
                var at = request.AsSpan(0, length).IndexOf("sha256="u8) + "sha256=".Length;
                request[at] = request[at] == (byte)'0' ? (byte)'1' : (byte)'0';
                await socket.SendAsync(request.AsMemory(0, length), stop);
                // A refusal's body may come apart from its head, and be taken for the next answer: what matters is that none is a 200.
                if (await RawLoad.StatusAsync(socket, response) == (int)HttpStatusCode.OK) Interlocked.Increment(ref accepted);
                else Interlocked.Increment(ref refused);
            }
        }, CancellationToken.None).ContinueWith(ended => _ = ended.Exception, TaskScheduler.Default)));
        return $"{refused / TimeProvider.System.GetElapsedTime(started).TotalSeconds:F0} forged a second, {accepted} accepted";
    }

    private static async Task<Socket> ConnectAsync(Uri url)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, url.Port));
        return socket;
    }
}
