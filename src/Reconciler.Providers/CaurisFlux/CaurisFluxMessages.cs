using System.Text.Json;

namespace Reconciler.Providers;

/// <summary>A payout in CaurisFlux's words: the status answer's fields, and those that only the plugin's webhooks have.</summary>
/// <param name="Type"><c>payout</c>; payments share the route.</param>
/// <param name="Amount">Gross, in major units, as written; <c>netAmount</c> and <c>fees</c> are never compared.</param>
/// <param name="ProviderReference">Absent until completed.</param>
/// <param name="ErrorCode">In webhooks also <c>failureReason</c>.</param>
/// <param name="ErrorMessage">In webhooks also <c>failureMessage</c>.</param>
/// <param name="CompletedAt">Stays null on failure.</param>
internal sealed record CaurisFluxPayout(
    string? TransactionId,
    string? ExternalReference,
    string? Type,
    string? Status,
    string? Amount,
    string? Currency,
    string? RecipientPhone,
    string? ProviderReference,
    string? ErrorCode,
    string? ErrorMessage,
    DateTimeOffset? CompletedAt,
    DateTimeOffset? CreatedAt,
    DateTimeOffset? UpdatedAt)
{
    public static CaurisFluxPayout From(JsonElement json) => new(
        json.Id("transactionId"),
        json.Text("externalReference"),
        json.Text("type"),
        json.Text("status"),
        json.Amount("amount"),
        json.Text("currency"),
        json.Text("recipientPhone"),
        json.Text("providerReference"),
        json.Text("errorCode") ?? json.Text("failureReason"),
        json.Text("errorMessage") ?? json.Text("failureMessage"),
        json.Instant("completedAt"),
        json.Instant("createdAt"),
        json.Instant("updatedAt"));

    /// <summary>The payout page shows the bare object, the introduction <c>{"success":true,"data":{…}}</c>; the plugin reads <c>data</c>
    /// where present, else the body (November 2026). So do we.</summary>
    public static CaurisFluxPayout FromEither(JsonElement root) => From(root.Object("data") ?? root);
}

/// <param name="Event">Like <c>payment.success</c>.</param>
internal sealed record CaurisFluxDelivery(string? Event, DateTimeOffset? Timestamp, CaurisFluxPayout Payout)
{
    public static CaurisFluxDelivery From(JsonElement root) =>
        new(root.Text("event"), root.Instant("timestamp"), CaurisFluxPayout.FromEither(root));
}
