using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Reconciler.Core;

/// <summary>
/// HMAC-SHA256 under one key. The key is made ready once, and not for each message, which for a short one would be half the work.
/// Safe for concurrent use.
/// </summary>
/// <param name="key">Of any length; it is not copied.</param>
public sealed class KeyedHash(byte[] key)
{
    public const int Bytes = HMACSHA256.HashSizeInBytes;

    // As many as there are threads that hash at one time.
    private readonly ConcurrentBag<IncrementalHash> idle = [];

    /// <param name="into">Exactly <see cref="Bytes"/> long.</param>
    public void Of(ReadOnlySpan<byte> message, Span<byte> into)
    {
        var hash = idle.TryTake(out var ready) ? ready : IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hash.AppendData(message);
        hash.GetHashAndReset(into);
        idle.Add(hash);
    }

    public byte[] Of(ReadOnlySpan<byte> message)
    {
        var mac = new byte[Bytes];
        Of(message, mac);
        return mac;
    }

    public override string ToString() => "***";
}
