using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Reconciler.Benchmarks.Finance;

/// <summary>
/// So many webhooks a second, each at its own time, about payouts that were announced just before: each gets its pending, processing and
/// success, so that the feed, the book and the list move under those who read.
/// </summary>
internal sealed class SteadyWebhooks(Uri service, TimeProvider clock)
{
    private const int BufferBytes = 8192;
    private const int WordsEach = 3;
    private const int AtATime = 10_000;
    private const int Connections = 64;
    private static readonly TimeSpan CatchUpWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private long first;
    private int announced;

    /// <summary>Announces as many payouts as so many webhooks are about.</summary>
    /// <param name="known">How many payouts of the connection there are: the new ones have the numbers after theirs.</param>
    internal async Task AnnounceAsync(HttpClient http, long known, int webhooks)
    {
        announced = (webhooks / WordsEach / AtATime + 1) * AtATime;
        first = (known / AtATime + 1) * AtATime;
        var lines = new StringBuilder();
        for (var number = first; number < first + announced; number++)
        {
            lines.Append(CultureInfo.InvariantCulture, $$"""
                {"connection":"{{Webhook.Connection}}","providerPayoutId":"{{Webhook.PayoutId(number)}}","reference":"new-{{number}}","amount":"25000","currency":"XOF","recipient":"+22990123456"}
                """).Append('\n');
        }

        using var content = new StringContent(lines.ToString(), Encoding.UTF8, "application/x-ndjson");
        using var answer = await http.PostAsync("/v1/payouts", content);
        var made = (await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync()).AsSpan().Count("\"status\":201");
        Console.WriteLine($"  {made} payouts announced, which the webhooks are about");
        // What is asked as of just now is answered once the book has come as far.
        while (!(await http.GetAsync($"/v1/summary?by=status&knownAt={clock.GetUtcNow().AddSeconds(-1):yyyy-MM-dd'T'HH:mm:ss'Z'}")).IsSuccessStatusCode)
            await Task.Delay(CatchUpWait, clock);
    }

    /// <returns>How many were answered with 200, and how long it took.</returns>
    internal async Task<(long Kept, TimeSpan Elapsed)> SendAsync(int perSecond, CancellationToken ending)
    {
        var (started, number) = (clock.GetTimestamp(), -1L);
        var kept = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(SendOnOneAsync)));
        return (kept.Sum(), clock.GetElapsedTime(started));

        async Task<long> SendOnOneAsync()
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, service.Port), CancellationToken.None);
            var (request, answer, count) = (new byte[BufferBytes], new byte[BufferBytes], 0L);
            while (!ending.IsCancellationRequested)
            {
                var next = Interlocked.Increment(ref number);
                // Due by the clock, whether those before it were answered or not.
                while (TimeSpan.FromSeconds((double)next / perSecond) - clock.GetElapsedTime(started) is { Ticks: > 0 } early)
                    await Task.Delay(early < ShortestWait ? ShortestWait : early, clock, CancellationToken.None);
                var length = Webhook.Write(Webhook.FirstAbout(first) + next, first + announced, $"/webhooks/{Webhook.Connection}", request);
                await socket.SendAsync(request.AsMemory(0, length), CancellationToken.None);
                if (await RawLoad.StatusAsync(socket, answer) == 200) count++;
            }

            return count;
        }
    }
}
