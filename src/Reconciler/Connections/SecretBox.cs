using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Reconciler.Core;
using Reconciler.Providers;

namespace Reconciler.Connections;

/// <summary>
/// Seals a connection's secrets with AES-256-GCM, bound to the connection's key: a row that somebody copies to another connection
/// does not open. Sealed: format (1 byte), nonce (12), tag (16), ciphertext. Safe for concurrent use.
/// </summary>
internal sealed class SecretBox(byte[] key)
{
    private const byte Format = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeadBytes = 1 + NonceBytes + TagBytes;

    public byte[] Seal(ConnectionKey connection, ConnectionSecrets secrets) =>
        Seal(BoundTo(connection), JsonSerializer.SerializeToUtf8Bytes(Contents.Of(secrets), JsonShapes.Stored));

    /// <param name="boundTo">What this is the secret of: sealed bytes open for the same text only.</param>
    public byte[] Seal(string boundTo, ReadOnlySpan<byte> plain)
    {
        var sealedBytes = new byte[HeadBytes + plain.Length];
        sealedBytes[0] = Format;
        var nonce = sealedBytes.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, plain, sealedBytes.AsSpan(HeadBytes), sealedBytes.AsSpan(1 + NonceBytes, TagBytes), Encoding.UTF8.GetBytes(boundTo));
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
        if (sealedBytes.Length < HeadBytes || sealedBytes[0] != Format) throw new CryptographicException("These are no sealed secrets.");
        var plain = new byte[sealedBytes.Length - HeadBytes];
        using var aes = new AesGcm(key, TagBytes);
        var nonce = sealedBytes.Slice(1, NonceBytes);
        var tag = sealedBytes.Slice(1 + NonceBytes, TagBytes);
        aes.Decrypt(nonce, sealedBytes[HeadBytes..], tag, plain, Encoding.UTF8.GetBytes(boundTo));
        return plain;
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
