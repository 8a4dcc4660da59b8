using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Reconciler.Tests.Ledger;

/// <summary>
/// Reads the feed from 0 over HTTP as a ledger would, whatever happens to the service: it keeps its cursor, and comes back with it.
/// Holds each change's bytes in the order in which they came.
/// </summary>
internal sealed partial class FeedReader : IAsyncDisposable
{
    private static readonly TimeSpan ComeBackWait = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource done = new();
    private readonly Func<HttpClient> service;
    private readonly List<(long Position, string Change)> seen = [];
    private readonly Lock gate = new();
    private readonly Task reading;

    private FeedReader(Func<HttpClient> service, bool streams)
    {
        this.service = service;
        reading = Task.Run(() => ReadAsync(streams ? StreamAsync : PullAsync));
    }

    /// <summary>How often it had to come back.</summary>
    public int Returns { get; private set; }

    public long Position
    {
        get
        {
            lock (gate) return seen.Count == 0 ? 0 : seen[^1].Position;
        }
    }

    public static FeedReader ByPull(Func<HttpClient> service) => new(service, streams: false);

    public static FeedReader ByStream(Func<HttpClient> service) => new(service, streams: true);

    /// <summary>Every position once, in order, without a hole; and so many.</summary>
    public void ShouldHaveSeenAll(long head)
    {
        lock (gate)
        {
            seen.Count.ShouldBe((int)head);
            for (var at = 0; at < seen.Count; at++) seen[at].Position.ShouldBe(at + 1);
        }
    }

    /// <summary>Another reader was given the same bytes.</summary>
    public void ShouldHaveSeenTheSameAs(FeedReader other)
    {
        lock (gate)
        {
            lock (other.gate) seen.SequenceEqual(other.seen).ShouldBeTrue();
        }
    }

    /// <summary>Whoever was told otherwise was told the same bytes.</summary>
    public void ShouldHaveSeenTheSameAs(IEnumerable<(long Position, byte[] Change)> told)
    {
        lock (gate) seen.SequenceEqual(told.Select(one => (one.Position, Encoding.UTF8.GetString(one.Change)))).ShouldBeTrue();
    }

    public async ValueTask DisposeAsync()
    {
        await done.CancelAsync();
        await reading;
        done.Dispose();
    }

    private async Task ReadAsync(Func<Task> once)
    {
        while (!done.IsCancellationRequested)
        {
            try
            {
                await once();
            }
            catch (Exception gone) when (gone is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The service is away, or was killed: the cursor is ours.
            }

            Returns++;
            await Task.Delay(ComeBackWait, TimeProvider.System, done.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PullAsync()
    {
        while (!done.IsCancellationRequested)
        {
            using var response = await service().GetAsync($"/v1/changes?after={Position}&limit=200&wait=5", done.Token);
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable) return;
            response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(done.Token));
            using var page = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(done.Token));
            foreach (var change in page.RootElement.GetProperty("changes").EnumerateArray())
                Keep(change.GetProperty("position").GetInt64(), change.GetRawText());
        }
    }

    private async Task StreamAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/changes/stream");
        request.Headers.Add("Last-Event-ID", Position.ToString(CultureInfo.InvariantCulture));
        using var response = await service().SendAsync(request, HttpCompletionOption.ResponseHeadersRead, done.Token);
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable) return;
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(done.Token));
        long id = 0;
        string? data = null;
        while (await lines.ReadLineAsync(done.Token) is { } line)
        {
            if (Id().Match(line) is { Success: true } found) id = long.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture);
            if (line.StartsWith("data: {\"position\"", StringComparison.Ordinal)) data = line[6..];
            if (line.Length > 0 || data is null) continue;
            // The blank line: only now the event is whole.
            Keep(id, data);
            data = null;
        }
    }

    private void Keep(long position, string change)
    {
        lock (gate) seen.Add((position, change));
    }

    [GeneratedRegex("^id: ([0-9]+)$")]
    private static partial Regex Id();
}
