using System.Globalization;

namespace Reconciler.Benchmarks;

/// <summary>What readers cost who have nothing to read, and one who takes a byte a second.</summary>
internal static class FeedReadersBenchmark
{
    private const string Queries = "select xact_commit + xact_rollback from pg_stat_database where datname = current_database()";
    private const int StatisticsLagSeconds = 12;

    internal static async Task<int> IdleAsync(Options options)
    {
        var readers = options.Number("readers", 1000);
        var seconds = options.Number("seconds", 30);
        await using var bench = await FeedBench.StartAsync();
        await bench.FillAsync(1000);
        await MeasureAsync(bench, "no reader", seconds);
        var streams = new List<RawStream>();
        var bytes = 0L;
        for (var number = 0; number < readers; number++)
        {
            var stream = await RawStream.OpenAsync(bench.Service.Address, "after=1000");
            streams.Add(stream);
            _ = Task.Run(async () =>
            {
                var buffer = new byte[4096];
                while (await stream.ReadAsync(buffer) is > 0 and var count) Interlocked.Add(ref bytes, count);
            });
        }

        while (Interlocked.Read(ref bytes) < readers * 200L) await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        await MeasureAsync(bench, $"{readers} readers", seconds);
        streams.ForEach(stream => stream.Dispose());
        return 0;
    }

    internal static async Task<int> SlowAsync(Options options)
    {
        var changes = options.Number("changes", 300_000);
        var secondsMax = options.Number("seconds", 120);
        await using var bench = await FeedBench.StartAsync();
        await bench.FillAsync(changes);
        var clock = TimeProvider.System;
        var before = bench.Service.ResidentBytes;
        using var stream = await RawStream.OpenAsync(bench.Service.Address, receiveBytes: 4096);
        var started = clock.GetTimestamp();
        var most = 0L;
        var buffer = new byte[1];
        var taken = 0;
        while (clock.GetElapsedTime(started).TotalSeconds < secondsMax && await OpenAsync(bench) > 0)
        {
            taken += await stream.ReadAsync(buffer);
            most = Math.Max(most, bench.Service.ResidentBytes);
            await Task.Delay(TimeSpan.FromSeconds(1), clock);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  a byte a second, of {changes} changes: dropped after {clock.GetElapsedTime(started).TotalSeconds:F0} s and {taken} bytes   memory {before >> 20} -> {most >> 20} MB at most"));
        return 0;

        // The sockets of the service that hold something unsent, or are open to this reader.
        async Task<int> OpenAsync(FeedBench of) =>
            (await File.ReadAllLinesAsync("/proc/net/tcp")).Count(line => line.Contains($":{of.Service.Address.Port:X4} ", StringComparison.Ordinal) && line.Contains(" 01 ", StringComparison.Ordinal)
                && line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1].EndsWith($":{of.Service.Address.Port:X4}", StringComparison.Ordinal));
    }

    private static async Task MeasureAsync(FeedBench bench, string name, int seconds)
    {
        // A backend that fell idle tells its counts within ten seconds.
        await Task.Delay(TimeSpan.FromSeconds(StatisticsLagSeconds), TimeProvider.System);
        var (queries, cpu) = (await bench.OneAsync<long>(Queries), bench.Service.Cpu);
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);
        var (queriesAfter, cpuAfter) = (await bench.OneAsync<long>(Queries), bench.Service.Cpu);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {name,-14}{queriesAfter - queries,6} queries in {seconds} s   service {(cpuAfter - cpu).TotalMilliseconds / seconds / 10:F1} % of a core   memory {bench.Service.ResidentBytes >> 20} MB"));
    }
}
