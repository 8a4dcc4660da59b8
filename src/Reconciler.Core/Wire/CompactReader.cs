using System.Buffers.Binary;
using System.Text;

namespace Reconciler.Core;

/// <summary>Reads what <see cref="CompactWriter"/> wrote.</summary>
/// <exception cref="InvalidDataException">By every method: the bytes end too early, or are not as they were written.</exception>
internal ref struct CompactReader(ReadOnlySpan<byte> bytes)
{
    private const int NumberBitsMax = 63;

    private ReadOnlySpan<byte> rest = bytes;

    internal readonly bool AtEnd => rest.IsEmpty;

    internal byte Byte() => Take(1)[0];

    internal long Number()
    {
        var value = 0L;
        for (var shift = 0; shift < NumberBitsMax; shift += 7)
        {
            var next = Byte();
            value |= (long)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }

        throw new InvalidDataException("A number is longer than any that is written.");
    }

    /// <summary>How many of something follow, each of at least one byte.</summary>
    internal int Count()
    {
        var count = Number();
        return count <= rest.Length ? (int)count : throw new InvalidDataException("More is announced than follows.");
    }

    internal DateTimeOffset Instant() =>
        DateTimeOffset.UnixEpoch.AddTicks(BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long))) * TimeSpan.TicksPerMicrosecond);

    internal string Text() => Encoding.UTF8.GetString(Take(Count()));

    internal EvidenceDigest Digest() => EvidenceDigest.FromBytes(Take(EvidenceDigest.Bytes));

    internal Guid Id() => new(Take(16), bigEndian: true);

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > rest.Length) throw new InvalidDataException("The bytes end too early.");
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
