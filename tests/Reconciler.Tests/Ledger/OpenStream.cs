using System.Net;
using System.Text;

namespace Reconciler.Tests.Ledger;

/// <summary>One event as it stood in the stream.</summary>
/// <param name="Id">Null where it has none.</param>
/// <param name="Data">Null for an event of nothing but its id.</param>
/// <param name="Text">Its lines.</param>
internal sealed record ServerSentEvent(long? Id, string? Type, string? Data, string Text);

/// <summary>Reads server-sent events as they are specified; shares no code with what writes them.</summary>
internal sealed class OpenStream : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly StreamReader lines;

    private OpenStream(HttpResponseMessage response, StreamReader lines) => (Response, this.lines) = (response, lines);

    public HttpResponseMessage Response { get; }

    /// <summary>Opens it, and reads the event that names the history.</summary>
    public static async Task<OpenStream> FromAsync(HttpClient http, string query = "", long? lastEventId = null)
    {
        var response = await AskAsync(http, query, lastEventId?.ToString());
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return new OpenStream(response, new StreamReader(await response.Content.ReadAsStreamAsync(), Encoding.UTF8));
    }

    public static async Task<HttpResponseMessage> AskAsync(HttpClient http, string query, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/changes/stream?{query}");
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>The next event; a comment is one without id and data. Null where the stream ended.</summary>
    public async Task<ServerSentEvent?> NextAsync()
    {
        var (text, data) = (new StringBuilder(), new StringBuilder());
        (long? id, string? type) = (null, null);
        while (await lines.ReadLineAsync().WaitAsync(Bound, TimeProvider.System) is { } line)
        {
            if (line.Length == 0) return new ServerSentEvent(id, type, data.Length == 0 ? null : data.ToString(), text.ToString());
            text.Append(line).Append('\n');
            if (line.StartsWith("id: ", StringComparison.Ordinal)) id = long.Parse(line[4..]);
            if (line.StartsWith("event: ", StringComparison.Ordinal)) type = line[7..];
            if (line.StartsWith("data: ", StringComparison.Ordinal)) data.Append(line[6..]);
        }

        text.Length.ShouldBe(0, "A stream ends after a whole event.");
        return null;
    }

    /// <summary>The next changes, past whatever else is in the stream.</summary>
    public async Task<List<ServerSentEvent>> ChangesAsync(int count)
    {
        var changes = new List<ServerSentEvent>(count);
        var started = TimeProvider.System.GetTimestamp();
        while (changes.Count < count)
        {
            TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(Bound, $"Only {changes.Count} of {count} came.");
            var next = (await NextAsync()).ShouldNotBeNull("The stream ended.");
            if (next is { Id: not null, Data: not null }) changes.Add(next);
        }

        return changes;
    }

    public ValueTask DisposeAsync()
    {
        lines.Dispose();
        Response.Dispose();
        return ValueTask.CompletedTask;
    }
}
