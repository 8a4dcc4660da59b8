using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Reconciler.Connections;

/// <summary>The 32 bytes from which every other key of an installation is derived. Never used itself; prints <c>***</c>.</summary>
public sealed class MasterKey
{
    public const int LengthBytes = 32;

    private readonly byte[] bytes;

    private MasterKey(byte[] bytes) => this.bytes = bytes;

    public static MasterKey New() => new(RandomNumberGenerator.GetBytes(LengthBytes));

    /// <summary>Reads base64 of exactly <see cref="LengthBytes"/> bytes; blanks around it do not count.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out MasterKey? key)
    {
        var trimmed = text.Trim();
        var bytes = new byte[LengthBytes];
        var valid = Convert.TryFromBase64String(trimmed, bytes, out var written) && written == LengthBytes;
        key = valid ? new MasterKey(bytes) : null;
        return valid;
    }

    /// <summary>A key of 32 bytes for one purpose (HKDF-SHA256); of one purpose's key nothing can be told about another's.</summary>
    public byte[] Derive(string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, bytes, LengthBytes, info: Encoding.UTF8.GetBytes($"reconciler/{purpose}/1"));

    /// <summary>The key in base64, for the file that keeps it and for nothing else.</summary>
    internal string Text() => Convert.ToBase64String(bytes);

    public override string ToString() => "***";
}
