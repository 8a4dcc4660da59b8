using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Reconciler.Core;

/// <summary>SHA-256 of kept bytes, as 64 lower-case hex digits.</summary>
[JsonConverter(typeof(ParsedTextConverter<EvidenceDigest>))]
public readonly record struct EvidenceDigest : IParsable<EvidenceDigest>, IComparable<EvidenceDigest>
{
    private const int HexDigits = 64;

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    private EvidenceDigest(string hex) => Hex = hex;

    private string Hex { get; }

    /// <summary>Its beginning: enough to tell apart the few bodies that came under one delivery id.</summary>
    internal string Short => Hex[..16];

    public static EvidenceDigest Of(ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        return new EvidenceDigest(Convert.ToHexStringLower(hash));
    }

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out EvidenceDigest result)
    {
        var valid = s is { Length: HexDigits } && !s.AsSpan().ContainsAnyExcept(LowerHex);
        result = valid ? new EvidenceDigest(s!) : default;
        return valid;
    }

    public static bool TryParse([NotNullWhen(true)] string? hex, out EvidenceDigest digest) => TryParse(hex, null, out digest);

    /// <exception cref="FormatException">The text is not 64 lower-case hex digits.</exception>
    public static EvidenceDigest Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var digest) ? digest : throw new FormatException("A digest is 64 lower-case hex digits.");

    public byte[] ToBytes() => Convert.FromHexString(Hex);

    public int CompareTo(EvidenceDigest other) => string.CompareOrdinal(Hex, other.Hex);

    public override string ToString() => Hex ?? "";
}
