using System.Security.Cryptography;
using Reconciler.Simulator.Playing;

namespace Reconciler.Simulator.PawaPay;

/// <summary>The key pairs that sign pawaPay's callbacks. The newest signs; all stay published, so that rotation can be tried.</summary>
public sealed class PawaPayKeys(SimulatorOptions options)
{
    private readonly ECDsa _forgers = SeededSecrets.KeyPair(options.Seed, "pawapay/forger");
    private readonly Lock _gate = new();
    private Pair[] _pairs = [Make(options.Seed, 1)];

    public IReadOnlyList<(string Id, string Pem)> Published() =>
        [.. Volatile.Read(ref _pairs).Select(pair => (pair.Id, pair.Key.ExportSubjectPublicKeyInfoPem()))];

    /// <summary>A new key signs from now on; returns its id.</summary>
    public string Rotate()
    {
        lock (_gate)
        {
            var next = Make(options.Seed, _pairs.Length + 1);
            Volatile.Write(ref _pairs, [.. _pairs, next]);
            return next.Id;
        }
    }

    /// <summary>Signs with ASN.1/DER as the documentation's samples do, not with the raw r‖s of RFC 9421.</summary>
    /// <param name="forged">Signs with a key that is published nowhere, under the current key's id.</param>
    public string Sign(Func<string, byte[]> signatureBase, bool forged, out string keyId)
    {
        var pair = Volatile.Read(ref _pairs)[^1];
        keyId = pair.Id;
        var signed = (forged ? _forgers : pair.Key).SignData(
            signatureBase(pair.Id), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return Convert.ToBase64String(signed);
    }

    private static Pair Make(long seed, int number) =>
        new($"HTTP_EC_P256_KEY:{number}", SeededSecrets.KeyPair(seed, $"pawapay/key/{number}"));

    private sealed record Pair(string Id, ECDsa Key);
}
