using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Reconciler.Core;

namespace Reconciler.Connections;

/// <summary>
/// The keys that this installation works with. The first ones are derived from the first master key, as they were when there was no ring;
/// later ones are random. What is permanent keeps its key through every rotation: digests of recipients stand in events, and the audit
/// log's chain was computed with its own.
/// </summary>
/// <param name="Data">Those that seal, by number; the highest seals, every one opens.</param>
internal sealed record KeyRing(byte[] Recipients, byte[] Audit, ImmutableSortedDictionary<int, DataKeys> Data)
{
    private const string BoundTo = "key-ring";
    private const int FirstNumber = 1;

    [JsonIgnore]
    public int Newest => Data.Keys.Last();

    public static KeyRing First(MasterKey master) => new(
        master.Derive("recipients"), master.Derive("audit"),
        ImmutableSortedDictionary<int, DataKeys>.Empty.Add(FirstNumber, new DataKeys(master.Derive("secrets"), master.Derive("cookies"))));

    public SecretBox Secrets() => new(Data.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value.Secrets));

    public SecretBox Cookies() => new(Data.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value.Cookies));

    public KeyRing WithNew() => this with { Data = Data.Add(Newest + 1, DataKeys.New()) };

    public KeyRing WithNewestOnly() => this with { Data = Data.RemoveRange(Data.Keys.Where(number => number != Newest)) };

    /// <summary>For the marks of deliveries that we send to ourselves.</summary>
    public byte[] ProbeKey() => OfAudit("reconciler/probes/1"u8);

    /// <summary>For the chains of events. Permanent, as the audit log's.</summary>
    public byte[] StreamKey() => OfAudit("reconciler/streams/1"u8);

    public byte[] Seal(SecretBox box) => box.Seal(BoundTo, JsonSerializer.SerializeToUtf8Bytes(this, JsonShapes.Stored));

    /// <exception cref="CryptographicException">Sealed under another master key, or altered.</exception>
    public static KeyRing Open(SecretBox box, ReadOnlySpan<byte> sealedBytes) =>
        JsonSerializer.Deserialize<KeyRing>(box.Open(BoundTo, sealedBytes), JsonShapes.Stored) ?? throw new CryptographicException("The key ring is empty.");

    /// <summary>What opens the ring: derived from the master key, which itself seals nothing.</summary>
    public static SecretBox BoxOf(MasterKey master) => new(master.Derive("ring"));

    public override string ToString() => "***";

    private byte[] OfAudit(ReadOnlySpan<byte> purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, Audit, MasterKey.LengthBytes, info: purpose.ToArray());
}

/// <summary>One generation of keys.</summary>
internal sealed record DataKeys(byte[] Secrets, byte[] Cookies)
{
    public static DataKeys New() => new(RandomNumberGenerator.GetBytes(MasterKey.LengthBytes), RandomNumberGenerator.GetBytes(MasterKey.LengthBytes));

    public override string ToString() => "***";
}
