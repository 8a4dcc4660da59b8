using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Reconciler.Streams;

/// <summary>
/// Binds each event of a stream to all before it, under a key that the database does not have. An event's header carries its
/// <em>link</em>, a digest over its content and the stream's <em>end</em> before it; the stream's owner keeps the new end apart from the
/// events. An event that is changed, taken out, put in or moved no longer fits its link; and nobody who can only read and write the
/// database can make another end, so the last events cannot be cut off, either.
/// </summary>
/// <remarks>HMAC-SHA256. Ends are digests of links under the same key: what stands in the events does not tell them.</remarks>
/// <param name="key">32 bytes; asked for once, at the first link.</param>
public sealed class EventChain(Func<byte[]> key)
{
    /// <summary>Of a link and of an end.</summary>
    public const int DigestBytes = 32;

    /// <summary>The member of an event's headers that holds its link, in base64.</summary>
    public const string Header = "link";

    private const byte LinkPurpose = 1;
    private const byte EndPurpose = 2;

    private readonly Lazy<byte[]> _key = new(key);

    // Made ready once under the key, and as many as there are threads that link at one time: for short content that is half the work.
    private readonly ConcurrentBag<IncrementalHash> _idle = [];

    /// <summary>The end of a stream that has no events.</summary>
    public static ReadOnlySpan<byte> Beginning => new byte[DigestBytes];

    /// <param name="end">The stream's end before this event.</param>
    public byte[] Link(ReadOnlySpan<byte> end, LinkedEvent happened)
    {
        var texts = new ContentWriter(ArrayPool<byte>.Shared, happened.BytesMax);
        try
        {
            texts.Byte(LinkPurpose);
            texts.Bytes(end);
            texts.Long(happened.Version);
            texts.Long(happened.RecordedAt.UtcTicks / TimeSpan.TicksPerMicrosecond);
            texts.Id(happened.Id);
            texts.Text(happened.StreamId);
            texts.Text(happened.Type);
            texts.Text(happened.DotNetType);
            texts.Text(happened.CorrelationId);
            texts.Text(happened.CausationId);
            texts.Bytes(happened.Data);
            return Keyed(texts.Written);
        }
        finally
        {
            texts.Return();
        }
    }

    /// <summary>The end of a stream whose last event has this link.</summary>
    public byte[] End(ReadOnlySpan<byte> link)
    {
        Span<byte> content = stackalloc byte[DigestBytes + 1];
        content[0] = EndPurpose;
        link.CopyTo(content[1..]);
        return Keyed(content);
    }

    private byte[] Keyed(ReadOnlySpan<byte> content)
    {
        var hash = _idle.TryTake(out var ready) ? ready : IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key.Value);
        hash.AppendData(content);
        var digest = hash.GetHashAndReset();
        _idle.Add(hash);
        return digest;
    }

    /// <summary>Writes each part after its length, so that no two contents have the same bytes.</summary>
    private ref struct ContentWriter(ArrayPool<byte> pool, int bytesMax)
    {
        private readonly byte[] _buffer = pool.Rent(bytesMax);
        private int _length;

        public readonly ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

        public readonly void Return() => pool.Return(_buffer);

        public void Byte(byte value) => _buffer[_length++] = value;

        public void Long(long value)
        {
            BinaryPrimitives.WriteInt64BigEndian(_buffer.AsSpan(_length), value);
            _length += sizeof(long);
        }

        public void Id(Guid value)
        {
            value.TryWriteBytes(_buffer.AsSpan(_length), bigEndian: true, out var written);
            _length += written;
        }

        public void Bytes(ReadOnlySpan<byte> value)
        {
            Long(value.Length);
            value.CopyTo(_buffer.AsSpan(_length));
            _length += value.Length;
        }

        // Nothing and the empty text are told apart.
        public void Text(string? value)
        {
            if (value is null)
            {
                Long(-1);
                return;
            }

            var start = _length + sizeof(long);
            var written = Encoding.UTF8.GetBytes(value, _buffer.AsSpan(start));
            Long(written);
            _length += written;
        }
    }
}

/// <summary>What of an event its link covers: all of it but its place in the order of all streams, which only the commit knows.</summary>
/// <param name="Data">In canonical form (see <see cref="CanonicalJson"/>).</param>
public readonly record struct LinkedEvent(
    string StreamId, long Version, Guid Id, string Type, string? DotNetType, DateTimeOffset RecordedAt, string? CorrelationId,
    string? CausationId, byte[] Data)
{
    private const int FixedBytes = 256;
    private const int Utf8BytesMax = 3;

    internal int BytesMax => FixedBytes + Data.Length
        + Utf8BytesMax * (StreamId.Length + Type.Length + (DotNetType?.Length ?? 0) + (CorrelationId?.Length ?? 0) + (CausationId?.Length ?? 0));
}
