using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Reconciler.Providers.Tests;

/// <summary>Samples of the four that sign by HMAC.</summary>
public abstract class HmacSamples : ProviderSamples
{
    private const string OtherSecret = "not-the-connections-secret";

    public const string Secret = "whsec_0123456789abcdef";

    public override string SignedBy => "2026-11";

    public override ImmutableArray<string> NeededHeaders => TimestampHeader is { } stamp ? [SignatureHeader, stamp] : [SignatureHeader];

    public override bool Stamps => TimestampHeader is not null;

    /// <summary>Null where the provider stamps nothing and signs the body alone.</summary>
    public abstract string? TimestampHeader { get; }

    /// <summary>How the provider writes the timestamp: unix seconds unless overridden.</summary>
    public virtual string Timestamp(DateTimeOffset sentAt) => $"{sentAt.ToUnixTimeSeconds()}";

    /// <summary>What stands before the hex digits.</summary>
    public virtual string Prefix => "";

    public override WebhookSettings Webhooks(WebhookSettings defaults) => defaults with
    {
        Secrets = [new WebhookSecret("2026-05", new Secret("the-secret-before")), new WebhookSecret(SignedBy, new Secret(Secret))],
    };

    public override Delivery Sign(byte[] body, DateTimeOffset sentAt, DateTimeOffset receivedAt, bool forged = false)
    {
        var stamp = TimestampHeader is null ? null : Timestamp(sentAt);
        byte[] signed = stamp is null ? body : [.. Encoding.UTF8.GetBytes(stamp + "."), .. body];
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(forged ? OtherSecret : Secret), signed);
        var headers = new Dictionary<string, string[]>(StringComparer.OrdinalIgnoreCase)
        {
            ["Content-Type"] = ["application/json"],
            [SignatureHeader] = [Prefix + Convert.ToHexStringLower(mac)],
        };
        if (stamp is not null) headers[TimestampHeader!] = [stamp];
        return new Delivery("POST", "pay.example.com", "/webhooks/x", headers, body, receivedAt);
    }
}
