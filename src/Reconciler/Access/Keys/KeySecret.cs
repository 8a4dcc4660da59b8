using System.Security.Cryptography;
using System.Text;

namespace Reconciler.Access.Keys;

/// <summary>What a caller sends: <c>rk_</c> and 256 random bits in hex, a shape that scanners for leaked secrets can know.</summary>
public static class KeySecret
{
    public const string Prefix = "rk_";
    public const int HintCharacters = 4;
    private const int RandomBytes = 32;
    private const int PresentedCharactersMax = 500;

    public static string New() => Prefix + RandomNumberGenerator.GetHexString(RandomBytes * 2, lowercase: true);

    /// <summary>What is kept of a key, and compared; null for a text that no key is as long as.</summary>
    public static byte[]? Digest(string presented) =>
        presented.Length is > 0 and <= PresentedCharactersMax ? SHA256.HashData(Encoding.UTF8.GetBytes(presented)) : null;
}
