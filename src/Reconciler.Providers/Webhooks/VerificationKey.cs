using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Reconciler.Providers;

/// <summary>A public key, imported once. Its kind decides which algorithms it verifies. Safe for concurrent use.</summary>
internal sealed class VerificationKey
{
    /// <summary>UTF-16 units; an RSA key of 8192 bits has some 1,500.</summary>
    public const int PemCharactersMax = 8192;

    // Shorter ones are broken, longer ones only cost time.
    private const int RsaBitsMin = 2048;
    private const int RsaBitsMax = 8192;

    private const string EcOid = "1.2.840.10045.2.1";
    private const string RsaOid = "1.2.840.113549.1.1.1";
    private const string P256Oid = "1.2.840.10045.3.1.7";
    private const string P384Oid = "1.3.132.0.34";

    private static readonly int IdleMax = Environment.ProcessorCount * 2;

    // The framework's key objects must not be used by two threads at once; a lock would let one delivery wait for another's arithmetic.
    private readonly ConcurrentBag<AsymmetricAlgorithm> idle = [];
    private readonly byte[] subjectPublicKeyInfo;

    private VerificationKey(string id, byte[] subjectPublicKeyInfo, IReadOnlyList<SignatureAlgorithm> algorithms) =>
        (Id, this.subjectPublicKeyInfo, Algorithms) = (id, subjectPublicKeyInfo, algorithms);

    public string Id { get; }

    /// <summary>What this key can verify, in the order in which a signature without <c>alg</c> is tried.</summary>
    public IReadOnlyList<SignatureAlgorithm> Algorithms { get; }

    /// <summary>Reads a SubjectPublicKeyInfo in PEM: EC on P-256 or P-384, RSA of 2048 to 8192 bits.</summary>
    /// <param name="problem">Why not, in words for the operator; null when it is a key.</param>
    public static bool TryImport(WebhookKey given, [NotNullWhen(true)] out VerificationKey? key, [NotNullWhen(false)] out string? problem)
    {
        key = null;
        problem = "A key is a public key in PEM, -----BEGIN PUBLIC KEY-----: EC on P-256 or P-384, or RSA of 2048 to 8192 bits.";
        if (given.Pem is null or { Length: > PemCharactersMax } || !PemEncoding.TryFind(given.Pem, out var pem)) return false;
        if (given.Pem[pem.Label] != "PUBLIC KEY") return false;
        var info = Convert.FromBase64String(given.Pem[pem.Base64Data]);
        if (AlgorithmsOf(info) is not { } algorithms) return false;
        key = new VerificationKey(given.Id, info, algorithms);
        problem = null;
        return true;
    }

    /// <summary>False for anything that is not this key's signature of these bytes, whatever its shape.</summary>
    /// <param name="algorithm">One of <see cref="Algorithms"/>.</param>
    public bool Verifies(SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        var engine = idle.TryTake(out var taken) ? taken : Import();
        var verified = engine switch
        {
            ECDsa ec => Verifies(ec, algorithm, data, signature),
            RSA rsa => Verifies(rsa, algorithm, data, signature),
            _ => false,
        };
        if (idle.Count < IdleMax) idle.Add(engine);
        else engine.Dispose();
        return verified;
    }

    // RFC 9421 prescribes the raw pair r‖s; pawaPay sends ASN.1/DER (docs.pawapay.io, signatures, November 2026: the samples begin MEQC and
    // MEUC), which the framework refuses unless told. A pair has one length only, so what has another can be DER alone.
    private static bool Verifies(ECDsa key, SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        var pairLength = (key.KeySize + 7) / 8 * 2;
        var isPair = signature.Length == pairLength
            && Attempt(key, algorithm, data, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return isPair || Attempt(key, algorithm, data, signature, DSASignatureFormat.Rfc3279DerSequence);
    }

    private static bool Attempt(
        ECDsa key, SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, DSASignatureFormat format)
    {
        try
        {
            return key.VerifyData(data, signature, algorithm.Hash, format);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool Verifies(RSA key, SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        try
        {
            return algorithm.Padding is { } padding && key.VerifyData(data, signature, algorithm.Hash, padding);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private AsymmetricAlgorithm Import()
    {
        AsymmetricAlgorithm key = Algorithms[0].Padding is null ? ECDsa.Create() : RSA.Create();
        if (key is ECDsa ec) ec.ImportSubjectPublicKeyInfo(subjectPublicKeyInfo, out _);
        else ((RSA)key).ImportSubjectPublicKeyInfo(subjectPublicKeyInfo, out _);
        return key;
    }

    private static SignatureAlgorithm[]? AlgorithmsOf(byte[] info)
    {
        try
        {
            var key = PublicKey.CreateFromSubjectPublicKeyInfo(info, out var bytesRead);
            if (bytesRead != info.Length) return null;
            return key.Oid.Value switch
            {
                EcOid => CurveAlgorithms(key),
                RsaOid => RsaAlgorithms(key),
                _ => null,
            };
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static SignatureAlgorithm[]? CurveAlgorithms(PublicKey key)
    {
        using var ec = key.GetECDsaPublicKey();
        return ec?.ExportParameters(false).Curve is { IsNamed: true } curve
            ? curve.Oid.Value switch
            {
                P256Oid => [SignatureAlgorithm.EcdsaP256Sha256],
                P384Oid => [SignatureAlgorithm.EcdsaP384Sha384],
                _ => null,
            }
            : null;
    }

    private static SignatureAlgorithm[]? RsaAlgorithms(PublicKey key)
    {
        using var rsa = key.GetRSAPublicKey();
        return rsa?.KeySize is >= RsaBitsMin and <= RsaBitsMax ? [SignatureAlgorithm.RsaPssSha512, SignatureAlgorithm.RsaPkcs1Sha256] : null;
    }
}
