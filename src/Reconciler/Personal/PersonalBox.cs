using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Reconciler.Core;

namespace Reconciler.Personal;

/// <summary>
/// Seals personal data with AES-256-GCM, each time under a key of its own: made of the installation's personal key, a random salt, and the
/// payout that the data is about. The salt stands in one place only; when it is gone, nobody can make the key again, whatever else
/// they have. Sealed: format (1 byte), the personal key's number (4), tag (16), ciphertext. Safe for concurrent use.
/// </summary>
/// <param name="keys">By number; the highest seals, every one opens.</param>
public sealed class PersonalBox(ImmutableSortedDictionary<int, byte[]> keys)
{
    public const int SaltBytes = 32;

    private const byte Format = 1;
    private const int HeadBytes = 1 + sizeof(int);
    private const int TagBytes = 16;
    private const int AboutCharactersMax = ConnectionKey.LengthMax + 1 + PayoutId.ProviderPayoutIdLengthMax;

    // A key seals once, so that no two messages under it can share a nonce.
    private static readonly byte[] Nonce = new byte[12];

    private readonly int newest = keys.Keys.Last();
    private readonly ImmutableSortedDictionary<int, KeyedHash> hashes =
        keys.ToImmutableSortedDictionary(key => key.Key, key => new KeyedHash(key.Value));

    public static byte[] NewSalt() => RandomNumberGenerator.GetBytes(SaltBytes);

    /// <summary>So many at once, since asking for one costs what asking for all does.</summary>
    public static List<byte[]> NewSalts(int count) => [.. RandomNumberGenerator.GetBytes(count * SaltBytes).Chunk(SaltBytes)];

    /// <param name="salt">Fresh from <see cref="NewSalt"/>: no salt may ever seal twice.</param>
    /// <param name="about">The payout's stream id; empty for bytes that no payout could be read from.</param>
    /// <param name="boundTo">What else the sealed bytes belong to: they open beside the same only.</param>
    public byte[] Seal(ReadOnlySpan<byte> salt, string about, ReadOnlySpan<byte> boundTo, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default)
    {
        var sealedBytes = new byte[HeadBytes + TagBytes + first.Length + second.Length];
        sealedBytes[0] = Format;
        BinaryPrimitives.WriteInt32BigEndian(sealedBytes.AsSpan(1), newest);
        var contents = sealedBytes.AsSpan(HeadBytes + TagBytes);
        first.CopyTo(contents);
        second.CopyTo(contents[first.Length..]);
        using var aes = Cipher(hashes[newest], salt, about);
        aes.Encrypt(Nonce, contents, contents, sealedBytes.AsSpan(HeadBytes, TagBytes), boundTo);
        return sealedBytes;
    }

    /// <summary>Whether these were sealed under a key of the ring's: what was altered may well say that it was not.</summary>
    public bool Knows(ReadOnlySpan<byte> sealedBytes) => sealedBytes.Length >= HeadBytes && hashes.ContainsKey(BinaryPrimitives.ReadInt32BigEndian(sealedBytes[1..]));

    /// <exception cref="CryptographicException">Altered, of another place, or sealed under a key that is not in the ring.</exception>
    public byte[] Open(ReadOnlySpan<byte> salt, string about, ReadOnlySpan<byte> boundTo, ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length < HeadBytes + TagBytes || sealedBytes[0] != Format) throw new CryptographicException("These are no sealed personal data.");
        if (!hashes.TryGetValue(BinaryPrimitives.ReadInt32BigEndian(sealedBytes[1..]), out var key))
            throw new CryptographicException("Sealed under a personal key that this node does not know.");
        var contents = new byte[sealedBytes.Length - HeadBytes - TagBytes];
        using var aes = Cipher(key, salt, about);
        aes.Decrypt(Nonce, sealedBytes[(HeadBytes + TagBytes)..], sealedBytes.Slice(HeadBytes, TagBytes), contents, boundTo);
        return contents;
    }

    private static AesGcm Cipher(KeyedHash personal, ReadOnlySpan<byte> salt, string about)
    {
        if (salt.Length != SaltBytes) throw new CryptographicException("This is no salt.");
        Span<byte> message = stackalloc byte[SaltBytes + Encoding.UTF8.GetMaxByteCount(AboutCharactersMax)];
        salt.CopyTo(message);
        var length = SaltBytes + Encoding.UTF8.GetBytes(about, message[SaltBytes..]);
        Span<byte> key = stackalloc byte[KeyedHash.Bytes];
        personal.Of(message[..length], key);
        return new AesGcm(key, TagBytes);
    }

    public override string ToString() => "***";
}
