using System.Buffers.Text;
using System.Text.Json;

namespace Reconciler.Streams;

/// <summary>A batch's events turned on their side: one array for each column of <c>mt_events</c>, as <c>unnest</c> wants them.</summary>
internal sealed class EventColumns
{
    private readonly EventRegistry _registry;
    private readonly EventChain? _chain;
    private readonly DateTimeOffset _recordedAt;

    private EventColumns(int count, EventRegistry registry, EventChain? chain, DateTimeOffset recordedAt)
    {
        (_registry, _chain, _recordedAt) = (registry, chain, recordedAt);
        Ids = new Guid[count];
        StreamIds = new string[count];
        Versions = new long[count];
        Data = new byte[count][];
        Types = new string[count];
        DotNetTypes = new string[count];
        CorrelationIds = new string?[count];
        CausationIds = new string?[count];
        Headers = new byte[]?[count];
    }

    public Guid[] Ids { get; }
    public string[] StreamIds { get; }
    public long[] Versions { get; }
    public byte[][] Data { get; }
    public string[] Types { get; }
    public string[] DotNetTypes { get; }
    public string?[] CorrelationIds { get; }
    public string?[] CausationIds { get; }
    public byte[]?[] Headers { get; }
    public int Count => Ids.Length;
    public int NulsStripped { get; private set; }

    /// <summary>The new end of each stream; null where events are not chained.</summary>
    public byte[][]? Ends { get; private set; }

    public static EventColumns From(IReadOnlyList<StreamAppend> appends, EventRegistry registry, EventChain? chain, DateTimeOffset recordedAt)
    {
        var columns = new EventColumns(appends.Sum(append => append.Events.Count), registry, chain, recordedAt);
        var ends = chain is null ? null : new byte[appends.Count][];
        var row = 0;
        for (var at = 0; at < appends.Count; at++)
        {
            var append = appends[at];
            Validate(append);
            var end = append.End;
            for (var i = 0; i < append.Events.Count; i++)
            {
                end = columns.Set(row++, append.StreamId, append.ExpectedVersion + i + 1, append.Events[i], end);
            }

            if (ends is not null)
            {
                ends[at] = end!;
            }
        }

        columns.Ends = ends;
        return columns;
    }

    private static void Validate(StreamAppend append)
    {
        ArgumentException.ThrowIfNullOrEmpty(append.StreamId);
        ArgumentOutOfRangeException.ThrowIfNegative(append.ExpectedVersion);
        StoredText.Require(append.StreamId, "stream id");
        if (append.Events.Count == 0)
        {
            throw new ArgumentException($"An append to stream '{append.StreamId}' holds no events.", nameof(append));
        }
    }

    /// <returns>The stream's end with this event in it; null where events are not chained.</returns>
    private byte[]? Set(int row, string streamId, long version, EventToAppend append, byte[]? end)
    {
        var type = _registry.Of(append.Event.GetType());
        Ids[row] = append.Id;
        StreamIds[row] = streamId;
        Versions[row] = version;
        Data[row] = _registry.Encode(append.Event, out var nulsStripped);
        Types[row] = type.Name;
        DotNetTypes[row] = type.DotNetName;
        CorrelationIds[row] = StoredText.Require(append.CorrelationId, "correlation id");
        CausationIds[row] = StoredText.Require(append.CausationId, "causation id");
        var link = _chain?.Link(
            end ?? EventChain.Beginning,
            new LinkedEvent(streamId, version, append.Id, type.Name, type.DotNetName, _recordedAt, append.CorrelationId, append.CausationId, Data[row]));
        Headers[row] = HeadersOf(append, link, ref nulsStripped);
        NulsStripped += nulsStripped;
        return link is null ? null : _chain!.End(link);
    }

    private static byte[]? HeadersOf(EventToAppend append, byte[]? link, ref int nulsStripped)
    {
        if (append.Headers is not { Count: > 0 } given)
        {
            return link is null ? null : LinkAlone(link);
        }

        var headers = new Dictionary<string, string>(given);
        if (link is not null)
        {
            headers.Add(EventChain.Header, Convert.ToBase64String(link));
        }

        var json = NulEscapes.Strip(JsonSerializer.SerializeToUtf8Bytes(headers), out var inHeaders);
        nulsStripped += inHeaders;
        return json;
    }

    // Base64 needs no escape, so the few bytes around it need no serializer.
    private static byte[] LinkAlone(byte[] link)
    {
        var before = "{\"link\":\""u8;
        var json = new byte[before.Length + Base64.GetMaxEncodedToUtf8Length(link.Length) + 2];
        before.CopyTo(json);
        Base64.EncodeToUtf8(link, json.AsSpan(before.Length), out _, out _);
        "\"}"u8.CopyTo(json.AsSpan(json.Length - 2));
        return json;
    }
}
