using System.Globalization;
using System.Text.Json;

namespace Reconciler.Client;

/// <summary>One request a page: <c>GET /v1/changes</c>, which the service holds while there is nothing new.</summary>
internal sealed class PullSource(HttpClient http, FeedOptions options) : IFeedSource
{
    private const int PageBytesMax = 64 * 1024 * 1024;

    /// <summary>A service that has too many waiting, or stops, answers at once: it is not asked again at once.</summary>
    private static readonly TimeSpan EmptyPause = TimeSpan.FromMilliseconds(500);

    public async Task<ChangePage> NextAsync(FeedPosition after, CancellationToken cancellation)
    {
        var started = options.Clock.GetTimestamp();
        var page = await ReadAsync(after, options.Wait, cancellation);
        if (page.Changes.Count == 0 && page.Next.Position == after.Position && EmptyPause - options.Clock.GetElapsedTime(started) is var rest && rest > TimeSpan.Zero)
            await Task.Delay(rest, options.Clock, cancellation);
        return page;
    }

    public void Close()
    {
        // Each answer is read whole: nothing stays open.
    }

    /// <summary>One page, asked for once.</summary>
    internal async Task<ChangePage> ReadAsync(FeedPosition after, TimeSpan wait, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(wait + options.Patience, options.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            var query = string.Create(CultureInfo.InvariantCulture,
                $"v1/changes?after={after.Position}&limit={options.PageSize}&wait={(int)wait.TotalSeconds}{options.FilterQuery}");
            if (after.Epoch is { } epoch) query += $"&epoch={epoch}";
            using var response = await http.GetAsync(new Uri(query, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (!response.IsSuccessStatusCode) throw await ProblemReading.OfAsync(response, options.Clock, either.Token);
            await response.Content.LoadIntoBufferAsync(PageBytesMax, either.Token);
            return Page(await response.Content.ReadAsByteArrayAsync(either.Token), after);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException("The service did not answer in time.");
        }
    }

    private static ChangePage Page(byte[] body, FeedPosition after)
    {
        using var document = Parse(body);
        var json = document.RootElement;
        if (json.ValueKind != JsonValueKind.Object
            || !json.TryGetProperty("epoch", out var epochText) || epochText.ValueKind != JsonValueKind.String || !epochText.TryGetGuid(out var epoch)
            || !json.TryGetProperty("changes", out var given) || given.ValueKind != JsonValueKind.Array
            || Position(json, "next") is not { } next)
            throw new StrangeAnswer("What came is no page of the feed.");
        if (after.Epoch is { } known && known != epoch) throw FeedHistoryChanged.Of(known, epoch);
        var changes = new List<Change>(given.GetArrayLength());
        try
        {
            foreach (var change in given.EnumerateArray()) changes.Add(ChangeReading.Of(change.Clone(), epoch));
        }
        catch (ChangeUnreadable) when (changes is [.., { } last])
        {
            // What lies before it is given out; the next page begins with it.
            next = last.Position;
        }

        return new ChangePage(changes, new FeedPosition(next, epoch), Position(json, "head"));
    }

    private static long? Position(JsonElement json, string name) =>
        json.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String
        && long.TryParse(text.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? position
            : null;

    private static JsonDocument Parse(byte[] body)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException fault)
        {
            throw new StrangeAnswer("What came is no page of the feed.", fault);
        }
    }
}
