using System.Security.Cryptography;

namespace Reconciler.Providers;

/// <summary>
/// The four algorithms that pawaPay names (docs.pawapay.io, signatures, November 2026), by their names in RFC 9421's registry.
/// </summary>
/// <param name="Padding">Null for elliptic curves.</param>
internal sealed record SignatureAlgorithm(string Name, HashAlgorithmName Hash, RSASignaturePadding? Padding)
{
    public static readonly SignatureAlgorithm EcdsaP256Sha256 = new("ecdsa-p256-sha256", HashAlgorithmName.SHA256, null);

    public static readonly SignatureAlgorithm EcdsaP384Sha384 = new("ecdsa-p384-sha384", HashAlgorithmName.SHA384, null);

    public static readonly SignatureAlgorithm RsaPkcs1Sha256 = new("rsa-v1_5-sha256", HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    /// <summary>The framework's PSS salt is as long as the hash: 64 bytes, as RFC 9421 prescribes.</summary>
    public static readonly SignatureAlgorithm RsaPssSha512 = new("rsa-pss-sha512", HashAlgorithmName.SHA512, RSASignaturePadding.Pss);
}
