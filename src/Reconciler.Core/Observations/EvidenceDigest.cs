using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Reconciler.Core;

/// <summary>SHA-256 of kept bytes, as 64 lower-case hex digits.</summary>
[JsonConverter(typeof(ParsedTextConverter<EvidenceDigest>))]
public readonly record struct EvidenceDigest : IParsable<EvidenceDigest>, IComparable<EvidenceDigest>
{
    public const int Bytes = SHA256.HashSizeInBytes;
    private const int HexDigits = Bytes * 2;
    private const int HalfBytes = Bytes / 2;

    private EvidenceDigest(UInt128 high, UInt128 low) => (High, Low) = (high, low);

    private UInt128 High { get; }

    private UInt128 Low { get; }

    /// <summary>Its beginning: enough to tell apart the few bodies that came under one delivery id.</summary>
    internal string Short => ToString()[..16];

    public static EvidenceDigest Of(ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[Bytes];
        SHA256.HashData(body, hash);
        return FromBytes(hash);
    }

    /// <param name="hash">Exactly <see cref="Bytes"/>.</param>
    public static EvidenceDigest FromBytes(ReadOnlySpan<byte> hash)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(hash.Length, Bytes, nameof(hash));
        return new EvidenceDigest(BinaryPrimitives.ReadUInt128BigEndian(hash), BinaryPrimitives.ReadUInt128BigEndian(hash[HalfBytes..]));
    }

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out EvidenceDigest result)
    {
        result = default;
        if (s is not { Length: HexDigits } || s.AsSpan().ContainsAnyInRange('A', 'F')) return false;
        Span<byte> hash = stackalloc byte[Bytes];
        if (Convert.FromHexString(s, hash, out _, out _) != System.Buffers.OperationStatus.Done) return false;
        result = FromBytes(hash);
        return true;
    }

    public static bool TryParse([NotNullWhen(true)] string? hex, out EvidenceDigest digest) => TryParse(hex, null, out digest);

    /// <exception cref="FormatException">The text is not 64 lower-case hex digits.</exception>
    public static EvidenceDigest Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var digest) ? digest : throw new FormatException("A digest is 64 lower-case hex digits.");

    /// <param name="into">At least <see cref="Bytes"/> long.</param>
    public void CopyTo(Span<byte> into)
    {
        BinaryPrimitives.WriteUInt128BigEndian(into, High);
        BinaryPrimitives.WriteUInt128BigEndian(into[HalfBytes..], Low);
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Bytes];
        CopyTo(bytes);
        return bytes;
    }

    public int CompareTo(EvidenceDigest other)
    {
        var byHigh = High.CompareTo(other.High);
        return byHigh != 0 ? byHigh : Low.CompareTo(other.Low);
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
