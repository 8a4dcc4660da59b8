using System.Globalization;
using Reconciler.Database;

namespace Reconciler.Benchmarks.Finance;

/// <summary>Readers that ask one kind of question each, again and again, while webhooks come at a steady pace.</summary>
internal sealed class FinanceReaders(HttpClient http, ChildProcess service, PrivateCluster cluster, TimeProvider clock, TimeSpan each)
{
    private readonly TimeSpan warmup = each / 3;
    private (TimeSpan Service, TimeSpan Postgres) webhooksCost;
    private int number;

    /// <param name="payouts">As many were made, in equal steps of time.</param>
    /// <param name="known">How many of them the webhooks' connection has.</param>
    /// <param name="only">Names of the questions to ask, with commas between them; null: all.</param>
    internal async Task MeasureAsync(int payouts, long known, int readers, int webhooks, string? only)
    {
        var questions = Questions(payouts).Where(question => only?.Split(',').Contains(question.Name) != false).ToArray();
        foreach (var (_, address) in questions) await http.GetStringAsync(address());
        using var ending = new CancellationTokenSource();
        var sender = new SteadyWebhooks(service.Address, clock);
        var seconds = (each + warmup) * (questions.Length + 1);
        await sender.AnnounceAsync(http, known, (int)(seconds.TotalSeconds * webhooks));
        var sent = sender.SendAsync(webhooks, ending.Token);
        await Task.Delay(warmup, clock);
        var before = Cost();
        await Task.Delay(each, clock);
        webhooksCost = (Cost().Service - before.Service, Cost().Postgres - before.Postgres);
        Console.WriteLine(Text($"  the webhooks alone take {webhooksCost.Service / each:P0} of a core in the service, {webhooksCost.Postgres / each:P0} in PostgreSQL"));
        foreach (var (name, address) in questions) await MeasureAsync(name, address, readers);
        await ending.CancelAsync();
        var (kept, elapsed) = await sent;
        Console.WriteLine(Text($"  meanwhile {kept / elapsed.TotalSeconds:F0} webhooks a second were kept"));
    }

    private (string Name, Func<string> Address)[] Questions(int payouts)
    {
        var today = clock.GetUtcNow();
        return
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
    }

    // What a question costs is told beside how long it took: on a machine that others use, only the cost can be compared.
    private async Task MeasureAsync(string name, Func<string> address, int readers)
    {
        await DriveAsync(address, readers, warmup);
        var before = Cost();
        var times = await DriveAsync(address, readers, each);
        var after = Cost();
        var inService = (after.Service - before.Service - webhooksCost.Service) / times.Length;
        var inPostgres = (after.Postgres - before.Postgres - webhooksCost.Postgres) / times.Length;
        Console.WriteLine(Text($"  {name,-18}{times.Length / each.TotalSeconds,8:F0}/s   p50 {times[times.Length / 2],7:F1} ms   p99 {times[times.Length * 99 / 100],7:F1} ms")
            + Text($"   cpu {inService.TotalMilliseconds,6:F2} ms in the service, {inPostgres.TotalMilliseconds,6:F2} ms in PostgreSQL"));
    }

    private (TimeSpan Service, TimeSpan Postgres) Cost() => (service.Cpu, PostgresCpu.Of(cluster.Postmaster));

    private async Task<double[]> DriveAsync(Func<string> address, int readers, TimeSpan duration)
    {
        var started = clock.GetTimestamp();
        var all = await Task.WhenAll(Enumerable.Range(0, readers).Select(_ => Task.Run(async () =>
        {
            var times = new List<double>();
            while (clock.GetElapsedTime(started) < duration)
            {
                var asked = clock.GetTimestamp();
                using var response = await http.GetAsync(address());
                if (!response.IsSuccessStatusCode)
                    throw new InvalidOperationException($"{address()} was answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
                await response.Content.CopyToAsync(Stream.Null);
                times.Add(clock.GetElapsedTime(asked).TotalMilliseconds);
            }

            return times;
        })));
        return [.. all.SelectMany(times => times).Order()];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
