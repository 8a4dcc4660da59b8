using System.Text.Json;
using Reconciler.Core;
using Reconciler.Providers;

namespace Reconciler.Connections;

/// <summary>
/// A connection as its operator wrote it: what is null was not said, and the provider's defaults hold. The shape of
/// <c>PUT /v1/connections/{key}</c>, of its answer and of the stored row. Secrets show as <see cref="Masked"/>; their values are elsewhere.
/// </summary>
/// <param name="Paused">True: neither polled nor accepted. Left out of a PUT it stays as it is, so that a file that is applied at each start
/// does not resume what somebody paused.</param>
/// <param name="PersonalData">Null: kept for ever.</param>
public sealed record ConnectionDocument(
    Provider Provider, string Environment, ApiDocument? Api, WebhookDocument? Webhook, PollingDocument? Polling, bool? Paused = null,
    PersonalDataDocument? PersonalData = null)
{
    /// <summary>What stands for a secret that is stored. Written back, it means: keep it.</summary>
    public const string Masked = "***";

    /// <summary>Where the operator does not name the environment: the providers' default addresses are the live ones.</summary>
    public const string LiveEnvironment = "live";

    /// <summary>The stored text. Equal documents have equal texts.</summary>
    internal string Text() => JsonSerializer.Serialize(this, JsonShapes.Stored);

    /// <exception cref="JsonException">The text is no document.</exception>
    internal static ConnectionDocument Parse(string text) =>
        JsonSerializer.Deserialize<ConnectionDocument>(text, JsonShapes.Stored) ?? throw new JsonException("The document is null.");
}

/// <param name="Credentials">Names, each with <see cref="ConnectionDocument.Masked"/>.</param>
/// <param name="Options">Free options of the provider; its defaults name them all. <c>apiVersion</c> has a member of its own.</param>
public sealed record ApiDocument(
    string? BaseUrl,
    string? ApiVersion,
    SortedDictionary<string, string>? Credentials,
    SortedDictionary<string, string>? Options);

public sealed record WebhookDocument(
    IReadOnlyList<SecretDocument>? Secrets,
    IReadOnlyList<WebhookKey>? Keys,
    string? KeysFrom,
    string? PublicUrl,
    IReadOnlyList<string>? SignatureHeaders,
    IReadOnlyList<string>? TimestampHeaders,
    IReadOnlyList<string>? DeliveryIdHeaders,
    IReadOnlyList<SignedContent>? SignedContents,
    int? ToleranceSeconds,
    IReadOnlyList<string>? AllowedAddresses = null);

/// <param name="Secret">Always <see cref="ConnectionDocument.Masked"/>.</param>
/// <param name="NotBefore">It verifies from then on; null: from ever.</param>
/// <param name="NotAfter">It verifies before then; null: for ever.</param>
public sealed record SecretDocument(
    string Id, string Secret = ConnectionDocument.Masked, DateTimeOffset? NotBefore = null, DateTimeOffset? NotAfter = null)
{
    internal static SecretDocument Of(WebhookSecret secret) => new(secret.Id, ConnectionDocument.Masked, secret.NotBefore, secret.NotAfter);
}

/// <summary>Spans as <see cref="Duration"/> reads them.</summary>
public sealed record PollingDocument(
    IReadOnlyList<string>? Silence,
    string? Slowest,
    string? Deadline,
    IReadOnlyList<string>? RecheckAfterFinal,
    IReadOnlyList<BudgetDocument>? Budget,
    string? Timeout,
    VerifyFinal? VerifyFinal,
    string? NotFoundGrace);

/// <param name="KeepFor">After a payout's final; a span as <see cref="Duration"/> reads them, of a day or more.</param>
public sealed record PersonalDataDocument(string KeepFor);

public sealed record BudgetDocument(int Requests, string Per);
