using System.Text.Json;

namespace Reconciler.Streams;

/// <summary>A batch's events turned on their side: one array for each column of <c>mt_events</c>, as <c>unnest</c> wants them.</summary>
internal sealed class EventColumns
{
    private EventColumns(int count)
    {
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

    public static EventColumns From(IReadOnlyList<StreamAppend> appends, EventRegistry registry)
    {
        var columns = new EventColumns(appends.Sum(append => append.Events.Count));
        var row = 0;
        foreach (var append in appends)
        {
            Validate(append);
            for (var i = 0; i < append.Events.Count; i++)
            {
                columns.Set(row++, append.StreamId, append.ExpectedVersion + i + 1, append.Events[i], registry);
            }
        }

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

    private void Set(int row, string streamId, long version, EventToAppend append, EventRegistry registry)
    {
        var type = registry.Of(append.Event.GetType());
        Ids[row] = append.Id;
        StreamIds[row] = streamId;
        Versions[row] = version;
        Data[row] = registry.Encode(append.Event, out var nulsStripped);
        Types[row] = type.Name;
        DotNetTypes[row] = type.DotNetName;
        CorrelationIds[row] = StoredText.Require(append.CorrelationId, "correlation id");
        CausationIds[row] = StoredText.Require(append.CausationId, "causation id");
        if (append.Headers is { Count: > 0 } headers)
        {
            Headers[row] = NulEscapes.Strip(JsonSerializer.SerializeToUtf8Bytes(headers), out var inHeaders);
            nulsStripped += inHeaders;
        }

        NulsStripped += nulsStripped;
    }
}
