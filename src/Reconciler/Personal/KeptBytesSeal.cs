using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Reconciler.Core;

namespace Reconciler.Personal;

/// <summary>A delivery's or an answer's bytes with their headers, as they are sealed: the headers' length (4 bytes), headers, body.</summary>
/// <param name="Headers">A JSON object in UTF-8; null where there are none.</param>
internal readonly record struct KeptBytesSeal(byte[] Body, byte[]? Headers)
{
    private const int NoHeaders = -1;

    internal static byte[] Seal(
        PersonalBox box, byte[] salt, string? streamId, ConnectionKey connection, EvidenceDigest digest, ReadOnlySpan<byte> body, byte[]? headersJson)
    {
        var head = new byte[sizeof(int) + (headersJson?.Length ?? 0)];
        BinaryPrimitives.WriteInt32BigEndian(head, headersJson?.Length ?? NoHeaders);
        headersJson?.CopyTo(head, sizeof(int));
        return box.Seal(salt, streamId ?? "", Place(connection, digest), head, body);
    }

    /// <exception cref="CryptographicException">Altered, or of another row.</exception>
    internal static KeptBytesSeal Open(PersonalBox box, byte[] salt, string? streamId, ConnectionKey connection, EvidenceDigest digest, byte[] sealedBytes)
    {
        var opened = box.Open(salt, streamId ?? "", Place(connection, digest), sealedBytes);
        var length = BinaryPrimitives.ReadInt32BigEndian(opened);
        var headers = Math.Max(0, length);
        return new KeptBytesSeal(opened[(sizeof(int) + headers)..], length == NoHeaders ? null : opened[sizeof(int)..(sizeof(int) + headers)]);
    }

    // What the row's key says.
    private static byte[] Place(ConnectionKey connection, EvidenceDigest digest) => Encoding.UTF8.GetBytes($"evidence/{connection}/{digest}");
}
