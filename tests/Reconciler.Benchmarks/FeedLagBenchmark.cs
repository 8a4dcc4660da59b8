using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Reconciler.Benchmarks;

/// <summary>From a webhook's 2xx to its change at a reader of the stream, at a steady rate that does not wait for answers.</summary>
internal static class FeedLagBenchmark
{
    private const int Senders = 64;
    private const int NumberHexDigits = 12;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    internal static async Task<int> RunAsync(Options options)
    {
        var rate = options.Number("rate", 2000);
        var warmup = options.Number("warmup", 15);
        var seconds = options.Number("seconds", 30);
        var payouts = rate * (warmup + seconds);
        await using var bench = await FeedBench.StartAsync();
        var clock = TimeProvider.System;
        var (answered, seen) = (new long[payouts], new long[payouts]);
        await using var stream = await bench.Http.GetStreamAsync("/v1/changes/stream?kind=payout.status_changed");
        var reading = ReadAsync(stream, seen, clock);
        var numbers = Channel.CreateUnbounded<long>();
        var sending = Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => Task.Run(() => SendAsync(bench.Service.Address, numbers.Reader, payouts, answered, clock))));

        var started = clock.GetTimestamp();
        for (var due = 0; due < payouts;)
        {
            await Task.Delay(Tick, clock);
            for (var until = Math.Min(payouts, (int)(clock.GetElapsedTime(started).TotalSeconds * rate)); due < until; due++) numbers.Writer.TryWrite(due);
        }

        numbers.Writer.Complete();
        var refused = (await sending).Sum();
        for (var wait = 0; wait < 100 && seen.AsSpan().Contains(0); wait++) await Task.Delay(TimeSpan.FromMilliseconds(100), clock);
        var measured = Enumerable.Range(rate * warmup, rate * seconds).Where(number => answered[number] != 0).ToList();
        var lags = measured.Where(number => seen[number] != 0).Select(number => (seen[number] - answered[number]) * 1000.0 / clock.TimestampFrequency).Order().ToArray();
        if (lags.Length == 0) throw new InvalidOperationException($"Nothing to measure: {measured.Count} answered 200, {refused} not, none seen.");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {rate}/s for {seconds} s: {measured.Count} answered 200, {refused} not, {measured.Count - lags.Length} never seen; from the 2xx to the reader " +
            $"p50 {lags[lags.Length / 2]:F1} ms   p99 {lags[(int)(lags.Length * 0.99)]:F1} ms   p99.9 {lags[(int)(lags.Length * 0.999)]:F1} ms   most {lags[^1]:F1} ms   " +
            $"(before the 2xx: {lags.Count(lag => lag <= 0)})   memory {bench.Service.ResidentBytes >> 20} MB"));
        await stream.DisposeAsync();
        await reading;
        return lags.Length == measured.Count ? 0 : 1;
    }

    private static async Task<int> SendAsync(Uri service, ChannelReader<long> numbers, int payouts, long[] answered, TimeProvider clock)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, service.Port));
        var buffer = new byte[8192];
        var refused = 0;
        await foreach (var number in numbers.ReadAllAsync())
        {
            // Nobody registered the payout, and this is the first word about it: a change of its status, and a case.
            var length = Webhook.Write(Webhook.FirstAbout(number), payouts, $"/webhooks/{Webhook.Connection}", buffer);
            await socket.SendAsync(buffer.AsMemory(0, length));
            if (await RawLoad.StatusAsync(socket, buffer) == 200) Volatile.Write(ref answered[number], clock.GetTimestamp());
            else refused++;
        }

        return refused;
    }

    private static async Task ReadAsync(Stream stream, long[] seen, TimeProvider clock)
    {
        var buffer = new byte[256 * 1024];
        var filled = 0;
        while (await NextAsync(stream, buffer.AsMemory(filled)) is > 0 and var count)
        {
            filled += count;
            var now = clock.GetTimestamp();
            var at = 0;
            // Where a payout's id ends: its last twelve digits are its number.
            while (buffer.AsSpan(at, filled - at).IndexOf("-4901-bcde-"u8) is >= 0 and var found && at + found + 11 + NumberHexDigits <= filled)
            {
                at += found + 11;
                var number = long.Parse(buffer.AsSpan(at, NumberHexDigits), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                if (seen[number] == 0) seen[number] = now;
            }

            var rest = Math.Min(filled - at, 64);
            buffer.AsSpan(filled - rest, rest).CopyTo(buffer);
            filled = rest;
        }
    }

    private static async Task<int> NextAsync(Stream stream, Memory<byte> into)
    {
        try
        {
            return await stream.ReadAsync(into);
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException or OperationCanceledException)
        {
            return 0;
        }
    }
}
