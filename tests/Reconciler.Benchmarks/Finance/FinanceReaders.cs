using System.Globalization;
using System.Net.Sockets;
using System.Net;

namespace Reconciler.Benchmarks.Finance;

/// <summary>Readers that ask one kind of question each, again and again, while webhooks come at a steady pace.</summary>
internal static class FinanceReaders
{
    private const int BufferBytes = 8192;

    internal static async Task MeasureAsync(
        HttpClient http, ChildProcess service, int payouts, int readers, int webhooks, TimeSpan each, TimeProvider clock)
    {
        var today = clock.GetUtcNow();
        var number = 0;
        (string Name, Func<string> Address)[] questions =
        [
            ("list", () => "/v1/payouts?limit=50"),
            ("list failed", () => "/v1/payouts?status=failed&limit=50"),
            ("list not final", () => "/v1/payouts?final=false&limit=50"),
            ("search reference", () => $"/v1/payouts?q=order-{Interlocked.Increment(ref number) * 7919L % payouts:D8}"),
            ("search digits", () => $"/v1/payouts?q={Interlocked.Increment(ref number) * 37 % 10_000:D4}"),
            ("summary 30 days", () => $"/v1/summary?from={today.AddDays(-30):yyyy-MM-dd}"),
            ("summary by status", () => "/v1/summary?by=status"),
            ("cases", () => "/v1/discrepancies?open=true&limit=50"),
            ("known past day", () => $"/v1/summary?knownAt={today.AddDays(-40):yyyy-MM-dd}T12:00:00Z&by=status"),
            ("known list", () => $"/v1/payouts?knownAt={today.AddDays(-40):yyyy-MM-dd}T12:00:00Z&limit=50"),
        ];
        foreach (var (_, address) in questions) await http.GetStringAsync(address());
        using var ending = new CancellationTokenSource();
        var sent = SendAsync(service.Address, payouts / 5, webhooks, ending.Token, clock);
        foreach (var (name, address) in questions)
        {
            await DriveAsync(http, address, readers, each / 3, clock);
            var times = await DriveAsync(http, address, readers, each, clock);
            Console.WriteLine(Text($"  {name,-18}{times.Length / each.TotalSeconds,8:F0}/s   p50 {times[times.Length / 2],7:F1} ms   p99 {times[times.Length * 99 / 100],7:F1} ms"));
        }

        await ending.CancelAsync();
        var (count, elapsed) = await sent;
        Console.WriteLine(Text($"  meanwhile {count / elapsed.TotalSeconds:F0} webhooks a second were kept"));
    }

    internal static async Task MeasureExportAsync(HttpClient http, ChildProcess service, TimeProvider clock)
    {
        foreach (var query in (string[])["", $"?knownAt={clock.GetUtcNow().AddDays(-1):yyyy-MM-dd}"])
        {
            var (started, before, peak) = (clock.GetTimestamp(), service.ResidentBytes, 0L);
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/payouts" + query);
            request.Headers.Accept.ParseAdd("text/csv");
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            await using var body = await response.Content.ReadAsStreamAsync();
            var (buffer, rows, reads) = (new byte[1 << 16], 0L, 0);
            for (int read; (read = await body.ReadAsync(buffer)) > 0; reads++)
            {
                rows += buffer.AsSpan(0, read).Count((byte)'\n');
                if (reads % 100 == 0) peak = Math.Max(peak, service.ResidentBytes);
            }

            var seconds = clock.GetElapsedTime(started).TotalSeconds;
            Console.WriteLine(Text($"  CSV {(query.Length == 0 ? "as things stand" : "as it was known")}: {rows - 1} rows in {seconds:F0} s ({rows / seconds:F0}/s), memory {before >> 20} -> at most {peak >> 20} MB"));
        }
    }

    private static async Task<double[]> DriveAsync(HttpClient http, Func<string> address, int readers, TimeSpan duration, TimeProvider clock)
    {
        var started = clock.GetTimestamp();
        var all = await Task.WhenAll(Enumerable.Range(0, readers).Select(_ => Task.Run(async () =>
        {
            var times = new List<double>();
            while (clock.GetElapsedTime(started) < duration)
            {
                var asked = clock.GetTimestamp();
                using var response = await http.GetAsync(address());
                response.EnsureSuccessStatusCode();
                await response.Content.CopyToAsync(Stream.Null);
                times.Add(clock.GetElapsedTime(asked).TotalMilliseconds);
            }

            return times;
        })));
        return [.. all.SelectMany(times => times).Order()];
    }

    private static async Task<(long Sent, TimeSpan Elapsed)> SendAsync(Uri service, long payouts, int perSecond, CancellationToken cancellation, TimeProvider clock)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, service.Port), CancellationToken.None);
        var answers = DrainAsync(socket);
        var (started, sent, request) = (clock.GetTimestamp(), 0L, new byte[BufferBytes]);
        // Successes, from the last payouts back, which are those that wait; what was said otherwise before becomes a case.
        const int Success = 2;
        while (!cancellation.IsCancellationRequested)
        {
            while (sent < clock.GetElapsedTime(started).TotalSeconds * perSecond)
            {
                var length = Webhook.Write((Success + sent / payouts) * payouts + payouts - 1 - sent % payouts, payouts, $"/webhooks/{Webhook.Connection}", request);
                await socket.SendAsync(request.AsMemory(0, length), CancellationToken.None);
                sent++;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), clock, CancellationToken.None);
        }

        var elapsed = clock.GetElapsedTime(started);
        socket.Shutdown(SocketShutdown.Send);
        await answers;
        return (sent, elapsed);
    }

    // Pipelined: answers are only read away. HTTP/1.1 answers them in order, one after another.
    private static async Task DrainAsync(Socket socket)
    {
        var buffer = new byte[1 << 16];
        while (await socket.ReceiveAsync(buffer) > 0)
        {
            // Nothing to see: 200s.
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
