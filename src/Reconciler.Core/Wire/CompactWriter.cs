using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Reconciler.Core;

/// <summary>Writes values one after another into as few bytes as is simple: what is stored on every append is worth it.</summary>
internal ref struct CompactWriter(int bytesExpected)
{
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(bytesExpected);
    private int length;

    /// <summary>The bytes, once: nothing can be written after.</summary>
    internal byte[] Finish()
    {
        var written = buffer.AsSpan(0, length).ToArray();
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
        return written;
    }

    internal void Byte(byte value) => Room(1)[0] = value;

    /// <summary>Seven bits a byte, the lowest first: small numbers take one byte.</summary>
    /// <param name="value">Not negative.</param>
    internal void Number(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        for (; value >= 0x80; value >>= 7) Byte((byte)(value & 0x7F | 0x80));
        Byte((byte)value);
    }

    /// <summary>Microseconds since 1970, as PostgreSQL keeps them.</summary>
    internal void Instant(DateTimeOffset value) =>
        BinaryPrimitives.WriteInt64LittleEndian(Room(sizeof(long)), (value.ToMicrosecond() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);

    internal void Text(string value)
    {
        var bytes = Encoding.UTF8.GetByteCount(value);
        Number(bytes);
        Encoding.UTF8.GetBytes(value, Room(bytes));
    }

    internal void Digest(EvidenceDigest value) => value.CopyTo(Room(EvidenceDigest.Bytes));

    internal void Id(Guid value) => value.TryWriteBytes(Room(16), bigEndian: true, out _);

    private Span<byte> Room(int bytes)
    {
        if (buffer.Length - length < bytes) Grow(bytes);
        length += bytes;
        return buffer.AsSpan(length - bytes, bytes);
    }

    private void Grow(int bytes)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(buffer.Length * 2, length + bytes));
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}
