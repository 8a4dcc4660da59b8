using Reconciler.Connections;

namespace Reconciler.Ledger.Subscriptions;

/// <summary>A subscription as it is put.</summary>
/// <param name="Url">Absolute, https; http only to an allowed range.</param>
/// <param name="Description">Up to 200 characters, for people.</param>
/// <param name="Kinds">Null or empty: all.</param>
/// <param name="Connections">Null or empty: all.</param>
/// <param name="AllowedRanges">Private networks, in CIDR form, that the URL may lead to. Null or empty: none.</param>
/// <param name="Secrets">1 to 5. Null: as they are.</param>
public record SubscriptionDocument(
    string Url,
    string? Description,
    IReadOnlyList<string>? Kinds,
    IReadOnlyList<string>? Connections,
    IReadOnlyList<string>? AllowedRanges,
    IReadOnlyList<GivenSecretDocument>? Secrets);

/// <summary>A subscription as it is made.</summary>
/// <param name="StartAfter">The position after which to begin; null: only what comes from now on.</param>
public sealed record NewSubscriptionDocument(
    string Url,
    string? Description,
    IReadOnlyList<string>? Kinds,
    IReadOnlyList<string>? Connections,
    IReadOnlyList<string>? AllowedRanges,
    IReadOnlyList<GivenSecretDocument>? Secrets,
    string? StartAfter) : SubscriptionDocument(Url, Description, Kinds, Connections, AllowedRanges, Secrets);

/// <param name="Secret"><c>whsec_</c> and base64 of 24 to 64 bytes; null or <see cref="ConnectionDocument.Masked"/>: the stored one, or a new one.</param>
public sealed record GivenSecretDocument(string Id, string? Secret);

/// <param name="After">0 for the start of the feed.</param>
public sealed record ReplayDocument(string After);

/// <param name="Position">Of a deferred change.</param>
public sealed record SkipDocument(string Position);
