using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Reconciler.Simulator.Playing;

/// <summary>
/// Credentials and keys made from the seed: no constant in the source looks like a secret, yet the connections file
/// written before the simulator is up agrees with it.
/// </summary>
public static class SeededSecrets
{
    // The order n of the curve P-256 (FIPS 186-4, D.1.2.3): a private key lies between 1 and n - 1.
    private static readonly BigInteger OrderOfP256 = BigInteger.Parse(
        "0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", System.Globalization.NumberStyles.HexNumber);

    /// <summary>Lower-case hex of <paramref name="bytes"/> (at most 32) bytes.</summary>
    public static string Hex(long seed, string label, int bytes = 32) => Convert.ToHexStringLower(Bytes(seed, label)[..bytes]);

    /// <summary>A P-256 key pair; the same seed and label give the same pair.</summary>
    public static ECDsa KeyPair(long seed, string label)
    {
        var number = new BigInteger(Bytes(seed, label), isUnsigned: true, isBigEndian: true) % (OrderOfP256 - 1) + 1;
        var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        var privateKey = new byte[32];
        bytes.CopyTo(privateKey, 32 - bytes.Length);
        return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = privateKey });
    }

    private static byte[] Bytes(long seed, string label)
    {
        Span<byte> key = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(key, seed);
        return HMACSHA256.HashData(key, Encoding.UTF8.GetBytes("reconciler-simulator/" + label));
    }
}
