using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Reconciler.Core;

namespace Reconciler.Access.Audit;

/// <summary>One act, as it is recorded. A storage shape: its content is what the hash covers, in this order.</summary>
/// <param name="Number">1, 2, 3… without holes.</param>
/// <param name="Act">Noun and past participle, like <c>key.created</c>.</param>
/// <param name="Subject">What it was done to, like <c>key:0199…</c> or a payout's id.</param>
/// <param name="Before">JSON; null where there was nothing.</param>
/// <param name="After">JSON; null where nothing is left.</param>
/// <param name="Why">In the actor's own words.</param>
public sealed record AuditEntry(
    long Number,
    DateTimeOffset RecordedAt,
    ActorKind ActorKind,
    string ActorId,
    string ActorName,
    string Act,
    string? Subject,
    string? Before,
    string? After,
    string? Why,
    string? Address,
    string? UserAgent)
{
    private static readonly JsonWriterOptions Spelling = new() { Encoder = JavaScriptEncoder.Default };

    /// <summary>HMAC-SHA256 over the hash before it and the content, so that an entry has its place and no other.</summary>
    public byte[] Hash(byte[] key, byte[] former)
    {
        using var content = new MemoryStream();
        content.Write(former);
        using (var json = new Utf8JsonWriter(content, Spelling))
        {
            json.WriteStartArray();
            json.WriteNumberValue(Number);
            json.WriteStringValue(InstantConverter.Text(RecordedAt));
            json.WriteStringValue(ActorKind.Word());
            foreach (var text in (string?[])[ActorId, ActorName, Act, Subject, Before, After, Why, Address, UserAgent]) json.WriteStringValue(text);
            json.WriteEndArray();
        }

        return HMACSHA256.HashData(key, content.ToArray());
    }
}
