using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Reconciler.Core;
using Reconciler.Personal;

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

    /// <summary>Under which personal data is sealed, by number, from the second on: the first follows from <see cref="Audit"/>, so that
    /// rings of before have it, too. Each rotation adds one, and none is ever dropped: a million rows stay sealed as they are.</summary>
    public ImmutableSortedDictionary<int, byte[]> LaterPersonal { get; init; } = ImmutableSortedDictionary<int, byte[]>.Empty;

    [JsonIgnore]
    public int Newest => Data.Keys.Last();

    public static KeyRing First(MasterKey master) => new(
        master.Derive("recipients"), master.Derive("audit"),
        ImmutableSortedDictionary<int, DataKeys>.Empty.Add(FirstNumber, new DataKeys(master.Derive("secrets"), master.Derive("cookies"))));

    public SecretBox Secrets() => new(Data.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value.Secrets));

    public SecretBox Cookies() => new(Data.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value.Cookies));

    public PersonalBox Personal() => new(LaterPersonal.Add(FirstNumber, Permanent("personal")));

    public KeyRing WithNew() => this with
    {
        Data = Data.Add(Newest + 1, DataKeys.New()),
        LaterPersonal = LaterPersonal.Add(FirstNumber + LaterPersonal.Count + 1, RandomNumberGenerator.GetBytes(MasterKey.LengthBytes)),
    };

    public KeyRing WithNewestOnly() => this with { Data = Data.RemoveRange(Data.Keys.Where(number => number != Newest)) };

    /// <summary>For the marks of deliveries that we send to ourselves.</summary>
    public byte[] ProbeKey() => Permanent("probes");

    /// <summary>For the chains of events.</summary>
    public byte[] StreamKey() => Permanent("streams");

    public byte[] Seal(SecretBox box) => box.Seal(BoundTo, JsonSerializer.SerializeToUtf8Bytes(this, JsonShapes.Stored));

    /// <exception cref="CryptographicException">Sealed under another master key, or altered.</exception>
    public static KeyRing Open(SecretBox box, ReadOnlySpan<byte> sealedBytes) =>
        JsonSerializer.Deserialize<KeyRing>(box.Open(BoundTo, sealedBytes), JsonShapes.Stored) ?? throw new CryptographicException("The key ring is empty.");

    /// <summary>What opens the ring: derived from the master key, which itself seals nothing.</summary>
    public static SecretBox BoxOf(MasterKey master) => new(master.Derive("ring"));

    private byte[] Permanent(string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Audit, MasterKey.LengthBytes, info: Encoding.UTF8.GetBytes($"reconciler/{purpose}/1"));

    public override string ToString() => "***";
}

/// <summary>One generation of keys.</summary>
internal sealed record DataKeys(byte[] Secrets, byte[] Cookies)
{
    public static DataKeys New() => new(RandomNumberGenerator.GetBytes(MasterKey.LengthBytes), RandomNumberGenerator.GetBytes(MasterKey.LengthBytes));

    public override string ToString() => "***";
}
