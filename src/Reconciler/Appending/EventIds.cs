using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Reconciler.Appending;

/// <summary>
/// Version 7 UUIDs (RFC 9562): a moment and 74 random bits. The random bits are drawn for many at once, since asking the kernel for those of
/// one costs what asking for all does.
/// </summary>
internal static class EventIds
{
    private const int Bytes = 16;
    private const int DrawnAtOnce = 128 * Bytes;
    private const int MomentBytes = 6;

    [ThreadStatic]
    private static byte[]? drawn;

    [ThreadStatic]
    private static int used;

    /// <param name="at">Kept to the millisecond.</param>
    internal static Guid NewAt(DateTimeOffset at)
    {
        if (drawn is null || used == DrawnAtOnce)
        {
            drawn ??= new byte[DrawnAtOnce];
            RandomNumberGenerator.Fill(drawn);
            used = 0;
        }

        var id = drawn.AsSpan(used, Bytes);
        used += Bytes;
        Span<byte> moment = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(moment, at.ToUnixTimeMilliseconds());
        moment[(sizeof(long) - MomentBytes)..].CopyTo(id);
        id[6] = (byte)(id[6] & 0x0F | 0x70);
        id[8] = (byte)(id[8] & 0x3F | 0x80);
        return new Guid(id, bigEndian: true);
    }
}
