using System.Globalization;

namespace Reconciler.Benchmarks.Finance;

/// <summary>All payouts as CSV, as fast as one reader takes them.</summary>
internal static class FinanceExport
{
    internal static async Task MeasureAsync(HttpClient http, ChildProcess service, TimeProvider clock)
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
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  CSV {(query.Length == 0 ? "as things stand" : "as it was known")}: {rows - 1} rows in {seconds:F0} s ({rows / seconds:F0}/s), memory {before >> 20} -> at most {peak >> 20} MB"));
        }
    }
}
