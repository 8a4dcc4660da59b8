using System.Security.Cryptography;
using System.Text;

namespace Reconciler.Simulator.Webhooks;

/// <summary>HMAC-SHA256 in lower-case hex, keyed with the secret's UTF-8 bytes as they are given.</summary>
public static class HmacSignature
{
    public static string OfBody(string secret, byte[] body) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));

    /// <summary>Over <c>{timestamp}.{body}</c>.</summary>
    public static string OfStampedBody(string secret, string timestamp, byte[] body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.UTF8.GetBytes(timestamp));
        hmac.AppendData("."u8);
        hmac.AppendData(body);
        return Convert.ToHexStringLower(hmac.GetHashAndReset());
    }
}
