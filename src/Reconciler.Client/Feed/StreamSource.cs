using System.Globalization;

namespace Reconciler.Client;

/// <summary>Server-sent events where they are granted, pulling where they are not, and then the stream again after a while.</summary>
internal sealed class StreamSource(HttpClient http, FeedOptions options) : IFeedSource
{
    private const string EventStream = "text/event-stream";

    /// <summary>How long it pulls before it asks for the stream again.</summary>
    private static readonly TimeSpan PullMax = TimeSpan.FromSeconds(30);

    private readonly PullSource pull = new(http, options);
    private OpenStream? open;
    private long? refusedAt;

    public async Task<ChangePage> NextAsync(FeedPosition after, CancellationToken cancellation)
    {
        if (refusedAt is { } at && options.Clock.GetElapsedTime(at) < PullMax) return await pull.NextAsync(after, cancellation);
        try
        {
            open ??= await OpenAsync(after, cancellation);
            return await open.NextAsync(after);
        }
        catch (Exception fault) when (IsRefusal(fault))
        {
            Close();
            refusedAt = options.Clock.GetTimestamp();
            return await pull.NextAsync(after, cancellation);
        }
    }

    public void Close()
    {
        open?.Dispose();
        open = null;
    }

    // What is wrong with the key, the position or the query is as wrong for pulling, which says it. Everything else that is answered in
    // place of a stream, or nothing at all, not even a sign of life, is about the stream.
    private bool IsRefusal(Exception fault) => fault is ReconcilerProblem or StrangeAnswer || (fault is TimeoutException && open is not { HasSpoken: true });

    private async Task<OpenStream> OpenAsync(FeedPosition after, CancellationToken cancellation)
    {
        var life = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        HttpResponseMessage? response = null;
        try
        {
            using var patience = new CancellationTokenSource(options.Patience, options.Clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(life.Token, patience.Token);
            using var request = new HttpRequestMessage(HttpMethod.Get, Address(after));
            request.Headers.Add("Last-Event-ID", after.Position.ToString(CultureInfo.InvariantCulture));
            request.Headers.Accept.Add(new(EventStream));
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (!response.IsSuccessStatusCode) throw await ProblemReading.OfAsync(response, options.Clock, either.Token);
            if (response.Content.Headers.ContentType?.MediaType != EventStream) throw new StrangeAnswer("What came is no stream of events.");
            return new OpenStream(response, await response.Content.ReadAsStreamAsync(either.Token), options, life);
        }
        catch (Exception fault)
        {
            response?.Dispose();
            life.Dispose();
            if (fault is OperationCanceledException && !cancellation.IsCancellationRequested) throw new TimeoutException("The service did not answer in time.");
            throw;
        }
    }

    private Uri Address(FeedPosition after)
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"v1/changes/stream?after={after.Position}{options.FilterQuery}");
        return new Uri(after.Epoch is { } epoch ? $"{query}&epoch={epoch}" : query, UriKind.Relative);
    }
}
