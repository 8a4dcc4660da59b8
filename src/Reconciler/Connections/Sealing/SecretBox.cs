using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Reconciler.Core;
using Reconciler.Providers;

namespace Reconciler.Connections;

/// <summary>
/// Seals with AES-256-GCM, bound to what a secret is of: a row that somebody copies to another connection does not open. Sealed: format
/// (1 byte), in format 2 the key's number (4), nonce (12), tag (16), ciphertext. Format 1 is key number 1, as it was before there were
/// numbers: a node of an older version reads it, until a key is rotated. Safe for concurrent use.
/// </summary>
/// <param name="keys">By number; the highest seals, every one opens.</param>
internal sealed class SecretBox(ImmutableSortedDictionary<int, byte[]> keys)
{
    private const byte Unnumbered = 1;
    private const byte Numbered = 2;
    private const int NumberBytes = 4;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    public SecretBox(byte[] key) : this(ImmutableSortedDictionary<int, byte[]>.Empty.Add(1, key))
    {
    }

    /// <summary>What sealed bytes begin with, when they are sealed under the newest key.</summary>
    public byte[] Head { get; } = HeadOf(keys.Keys.Last());

    public byte[] Seal(ConnectionKey connection, ConnectionSecrets secrets) =>
        Seal(BoundTo(connection), JsonSerializer.SerializeToUtf8Bytes(Contents.Of(secrets), JsonShapes.Stored));

    /// <param name="boundTo">What this is the secret of: sealed bytes open for the same text only.</param>
    public byte[] Seal(string boundTo, ReadOnlySpan<byte> plain)
    {
        var head = Head.Length;
        var sealedBytes = new byte[head + NonceBytes + TagBytes + plain.Length];
        Head.CopyTo(sealedBytes, 0);
        var nonce = sealedBytes.AsSpan(head, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        var tag = sealedBytes.AsSpan(head + NonceBytes, TagBytes);
        var ciphertext = sealedBytes.AsSpan(head + NonceBytes + TagBytes);
        using var aes = new AesGcm(keys.Values.Last(), TagBytes);
        aes.Encrypt(nonce, plain, ciphertext, tag, Encoding.UTF8.GetBytes(boundTo));
        return sealedBytes;
    }

    /// <exception cref="CryptographicException">Sealed under another key, for another connection, or altered.</exception>
    public ConnectionSecrets Open(ConnectionKey connection, ReadOnlySpan<byte> sealedBytes)
    {
        var contents = JsonSerializer.Deserialize<Contents>(Open(BoundTo(connection), sealedBytes), JsonShapes.Stored);
        return contents?.Secrets() ?? throw new CryptographicException("The sealed secrets are empty.");
    }

    /// <exception cref="CryptographicException">Sealed under another key, for another purpose, or altered.</exception>
    public byte[] Open(string boundTo, ReadOnlySpan<byte> sealedBytes)
    {
        var (number, head) = NumberOf(sealedBytes);
        if (sealedBytes.Length < head + NonceBytes + TagBytes) throw new CryptographicException("These are no sealed secrets.");
        if (!keys.TryGetValue(number, out var key)) throw new CryptographicException("Sealed under a key that this node does not know.");
        var rest = sealedBytes[head..];
        var plain = new byte[rest.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(rest[..NonceBytes], rest[(NonceBytes + TagBytes)..], rest.Slice(NonceBytes, TagBytes), plain, Encoding.UTF8.GetBytes(boundTo));
        return plain;
    }

    private static (int Number, int HeadBytes) NumberOf(ReadOnlySpan<byte> sealedBytes) => sealedBytes switch
    {
        [Unnumbered, ..] => (1, 1),
        [Numbered, _, _, _, _, ..] => (BinaryPrimitives.ReadInt32BigEndian(sealedBytes[1..]), 1 + NumberBytes),
        _ => throw new CryptographicException("These are no sealed secrets."),
    };

    private static byte[] HeadOf(int number)
    {
        if (number == 1) return [Unnumbered];
        var head = new byte[1 + NumberBytes];
        head[0] = Numbered;
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(1), number);
        return head;
    }

    private static string BoundTo(ConnectionKey connection) => $"connection/{connection}";

    private sealed record Contents(Dictionary<string, string> Credentials, List<WebhookContents> Webhook)
    {
        public static Contents Of(ConnectionSecrets secrets) => new(
            secrets.Credentials.ToDictionary(pair => pair.Key, pair => pair.Value.Value),
            [.. secrets.Webhook.Select(secret => new WebhookContents(secret.Id, secret.Secret.Value))]);

        public ConnectionSecrets Secrets() => new(
            Credentials.ToImmutableSortedDictionary(pair => pair.Key, pair => new Secret(pair.Value), StringComparer.Ordinal),
            [.. Webhook.Select(secret => new WebhookSecret(secret.Id, new Secret(secret.Secret)))]);
    }

    private sealed record WebhookContents(string Id, string Secret);
}
