using System.Collections.Immutable;
using System.Net;
using Reconciler.Core;

namespace Reconciler.Providers;

/// <summary>One connection, as its operator set it up, with the provider's defaults filled in.</summary>
/// <param name="Environment">A word of the operator's, like <c>sandbox</c> or <c>live</c>.</param>
public sealed record ConnectionSettings(
    ConnectionKey Key,
    Provider Provider,
    string Environment,
    ApiSettings Api,
    WebhookSettings Webhook,
    PollingPolicy Polling)
{
    /// <summary>After a payout's final; null: for ever.</summary>
    public TimeSpan? KeepPersonalDataFor { get; init; }
}

/// <summary>How the provider's status API is reached.</summary>
/// <param name="BaseUrl">Absolute; the documented path is appended to its path.</param>
/// <param name="Credentials">By the names of design section 9 (<c>apiKey</c>, <c>secretKey</c>, <c>token</c>…).</param>
/// <param name="Options">Everything about this API that is not certain: <c>apiVersion</c>, <c>statusPath</c>, <c>tokenPath</c>, <c>headerPrefix</c>…
/// The provider's defaults name them all; an unknown name is a <see cref="SettingProblem"/>.</param>
public sealed record ApiSettings(
    Uri BaseUrl,
    ImmutableDictionary<string, Secret> Credentials,
    ImmutableDictionary<string, string> Options);

/// <summary>How deliveries are verified.</summary>
/// <param name="Secrets">Shared secrets; each verifies within its own time.</param>
/// <param name="Keys">Pinned public keys.</param>
/// <param name="KeysFrom">Null: only pinned keys. <c>api</c>: fetched from the provider.</param>
/// <param name="PublicUrl">The URL as the provider calls it, where a proxy stands before us: RFC 9421 covers authority and path.</param>
/// <param name="SignatureHeaders">First match wins.</param>
/// <param name="TimestampHeaders">First match wins; empty where nothing is stamped.</param>
/// <param name="DeliveryIdHeaders">First match wins.</param>
/// <param name="SignedContents">Which forms are accepted; more than one only where the operator turned a legacy form on.</param>
/// <param name="ToleranceSeconds">How far a delivery's timestamp may lie from our clock.</param>
public sealed record WebhookSettings(
    ImmutableArray<WebhookSecret> Secrets,
    ImmutableArray<WebhookKey> Keys,
    string? KeysFrom,
    Uri? PublicUrl,
    ImmutableArray<string> SignatureHeaders,
    ImmutableArray<string> TimestampHeaders,
    ImmutableArray<string> DeliveryIdHeaders,
    ImmutableArray<SignedContent> SignedContents,
    int ToleranceSeconds)
{
    /// <summary>With neither secrets nor keys a connection takes nudges only.</summary>
    public bool Verifies => !Secrets.IsEmpty || !Keys.IsEmpty || KeysFrom is not null;

    /// <summary>Where deliveries may come from; empty: from anywhere. Beside the signature, never in its place.</summary>
    public ImmutableArray<IPNetwork> AllowedAddresses { get; init; } = [];
}

/// <summary>A shared secret, which verifies from <see cref="NotBefore"/> on and before <see cref="NotAfter"/>, by our clock at arrival.</summary>
public sealed record WebhookSecret(string Id, Secret Secret)
{
    /// <summary>Null: from ever.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Null: for ever.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>Whether it verifies at that instant.</summary>
    public bool IsLive(DateTimeOffset at) => !(NotBefore > at) && !(NotAfter <= at);
}

/// <param name="Pem">SubjectPublicKeyInfo in PEM.</param>
public sealed record WebhookKey(string Id, string Pem);

/// <summary>What an HMAC covers.</summary>
public enum SignedContent
{
    /// <summary><c>{timestamp header}.{raw body}</c>.</summary>
    TimestampDotBody,

    /// <summary>The raw body alone: no replay protection but the permanent dedupe.</summary>
    Body,
}

/// <summary>A credential or webhook secret. Prints <c>***</c>, whatever prints it.</summary>
public sealed record Secret(string Value)
{
    public override string ToString() => "***";
}

/// <param name="Field">Path of the setting, like <c>webhook.keys[0].pem</c>.</param>
public sealed record SettingProblem(string Field, string Problem);

/// <summary>What a provider's documentation says, where a connection is silent.</summary>
/// <param name="Credentials">Names that must be given.</param>
/// <param name="Options">Names and default values of <see cref="ApiSettings.Options"/>.</param>
/// <param name="SourceAddresses">Published source addresses of webhooks; empty where unknown.</param>
/// <param name="WebhookEvents">What to tick in the provider's dashboard.</param>
public sealed record ProviderDefaults(
    Uri BaseUrl,
    ImmutableArray<string> Credentials,
    ImmutableDictionary<string, string> Options,
    WebhookSettings Webhook,
    PollingPolicy Polling,
    ImmutableArray<string> WebhookEvents,
    ImmutableArray<string> SourceAddresses)
{
    /// <summary>Where the address of our webhook is entered, in one or two sentences: what is documented, and no more.</summary>
    public required string WhereToRegister { get; init; }
}
