using System.Globalization;
using System.Text;

namespace Reconciler.Benchmarks;

/// <summary>From position 0 to the head of a long feed: by pull, then by stream.</summary>
internal static class FeedCatchUpBenchmark
{
    private const int Limit = 1000;

    internal static async Task<int> RunAsync(Options options)
    {
        var changes = options.Number("changes", 1_000_000);
        await using var bench = await FeedBench.StartAsync();
        await bench.FillAsync(changes);
        var clock = TimeProvider.System;
        Console.WriteLine($"  {changes} changes; memory before {bench.Service.ResidentBytes >> 20} MB");

        var started = clock.GetTimestamp();
        for (var after = 0L; after < changes;)
        {
            var page = await bench.Http.GetByteArrayAsync($"/v1/changes?after={after}&limit={Limit}");
            var next = page.AsSpan(page.AsSpan().LastIndexOf("\"next\":\""u8) + 8);
            after = long.Parse(next[..next.IndexOf((byte)'"')], CultureInfo.InvariantCulture);
            if (after % (changes / 4) == 0) Console.WriteLine($"    pull: {after} read, memory {bench.Service.ResidentBytes >> 20} MB");
        }

        Tell("pull", changes, clock.GetElapsedTime(started), bench);
        started = clock.GetTimestamp();
        using var stream = await RawStream.OpenAsync(bench.Service.Address);
        var buffer = new byte[256 * 1024];
        var last = Encoding.ASCII.GetBytes($"id: {changes}\n");
        var kept = 0;
        while (await stream.ReadAsync(buffer.AsMemory(kept)) is > 0 and var count)
        {
            if (buffer.AsSpan(0, kept + count).IndexOf(last) >= 0) break;
            var rest = Math.Min(kept + count, last.Length);
            buffer.AsSpan(kept + count - rest, rest).CopyTo(buffer);
            kept = rest;
        }

        Tell("stream", changes, clock.GetElapsedTime(started), bench);
        return 0;
    }

    private static void Tell(string name, int changes, TimeSpan elapsed, FeedBench bench) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"  {name,-8}{changes / elapsed.TotalSeconds,9:F0}/s   {elapsed.TotalSeconds:F1} s   memory {bench.Service.ResidentBytes >> 20} MB"));
}
