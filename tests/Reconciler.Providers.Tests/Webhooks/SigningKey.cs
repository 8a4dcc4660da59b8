using System.Security.Cryptography;

namespace Reconciler.Providers.Tests;

/// <summary>A sender's key pair. Signs with the framework alone: nothing of the product's takes part.</summary>
internal sealed class SigningKey(string id, string algorithm, string pem, Func<byte[], byte[]> sign)
{
    public string Id => id;

    public string Algorithm => algorithm;

    public WebhookKey Public => new(id, pem);

    public byte[] Sign(byte[] data) => sign(data);

    public static SigningKey P256(string id = "HTTP_EC_P256_KEY:1", DSASignatureFormat format = DSASignatureFormat.Rfc3279DerSequence) =>
        Ec(id, "ecdsa-p256-sha256", ECCurve.NamedCurves.nistP256, HashAlgorithmName.SHA256, format);

    public static SigningKey P384(string id = "HTTP_EC_P384_KEY:1", DSASignatureFormat format = DSASignatureFormat.Rfc3279DerSequence) =>
        Ec(id, "ecdsa-p384-sha384", ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384, format);

    public static SigningKey RsaPkcs1(string id = "HTTP_RSA_KEY:1") =>
        Rsa(id, "rsa-v1_5-sha256", HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    public static SigningKey RsaPss(string id = "HTTP_RSA_PSS_KEY:1") =>
        Rsa(id, "rsa-pss-sha512", HashAlgorithmName.SHA512, RSASignaturePadding.Pss);

    /// <summary>The same key pair, said to be another.</summary>
    public SigningKey Claiming(string otherId) => new(otherId, algorithm, pem, sign);

    private static SigningKey Ec(string id, string algorithm, ECCurve curve, HashAlgorithmName hash, DSASignatureFormat format)
    {
        var key = ECDsa.Create(curve);
        return new SigningKey(id, algorithm, key.ExportSubjectPublicKeyInfoPem(), data => key.SignData(data, hash, format));
    }

    private static SigningKey Rsa(string id, string algorithm, HashAlgorithmName hash, RSASignaturePadding padding)
    {
        var key = RSA.Create(2048);
        return new SigningKey(id, algorithm, key.ExportSubjectPublicKeyInfoPem(), data => key.SignData(data, hash, padding));
    }
}
