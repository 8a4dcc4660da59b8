using System.Buffers;
using System.Globalization;

namespace Reconciler.Ledger;

/// <summary>One change as it is stored.</summary>
/// <param name="StreamId">The payout it is about.</param>
/// <param name="Kind">As <see cref="ChangeKind"/> spells it.</param>
/// <param name="Body">A <see cref="ChangeBody"/>: a JSON object in UTF-8, on one line.</param>
public sealed record FeedEntry(long Position, string StreamId, string Kind, byte[] Body)
{
    private const int PositionCharactersMax = 19;

    /// <summary>The key of the payout's connection.</summary>
    public string Connection { get; } = StreamId[..StreamId.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>The change as it is given out, the same bytes each time: the stored object with its position as the first member.</summary>
    public byte[] ToJson()
    {
        var json = new ArrayBufferWriter<byte>(Body.Length + PositionCharactersMax * 2);
        WriteJsonTo(json);
        return json.WrittenSpan.ToArray();
    }

    /// <summary>The bytes of <see cref="ToJson"/>.</summary>
    public void WriteJsonTo(IBufferWriter<byte> writer)
    {
        writer.Write("{\"position\": "u8);
        WritePositionTo(writer);
        writer.Write(", "u8);
        writer.Write(Body.AsSpan(1));
    }

    internal void WritePositionTo(IBufferWriter<byte> writer)
    {
        Position.TryFormat(writer.GetSpan(PositionCharactersMax), out var length, default, CultureInfo.InvariantCulture);
        writer.Advance(length);
    }
}
