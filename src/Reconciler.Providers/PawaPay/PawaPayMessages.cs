using System.Text.Json;

namespace Reconciler.Providers;

/// <summary>
/// pawaPay's payout object in its own words: an item of v1's list, v2's <c>data</c>, or the body of a callback, which is the same object
/// without a wrapper (docs.pawapay.io, November 2026). Fields that only one version has are null in the other.
/// </summary>
internal sealed record PawaPayPayout(
    string? PayoutId,
    string? Status,
    string? Amount,
    string? Currency,
    string? PhoneNumber,
    string? ClientReferenceId,
    string? ProviderTransactionId,
    string? FailureCode,
    string? FailureMessage,
    DateTimeOffset? Created,
    DateTimeOffset? ReceivedByRecipient)
{
    public static PawaPayPayout Of(JsonElement json)
    {
        var recipient = json.Object("recipient");
        var failure = json.Object("failureReason");
        return new PawaPayPayout(
            json.Id("payoutId"),
            json.Text("status"),
            json.Amount("amount"),
            json.Text("currency"),
            recipient?.Object("accountDetails")?.Text("phoneNumber") ?? recipient?.Object("address")?.Text("value"),
            json.Text("clientReferenceId"),
            json.Text("providerTransactionId") ?? FinalCorrespondentId(json),
            failure?.Text("failureCode"),
            failure?.Text("failureMessage"),
            json.Instant("created"),
            json.Instant("receivedByRecipient"));
    }

    // v1 names the operator's ids by operator and step (MTN_INIT, MTN_FINAL); the last step's is the one on the operator's statement.
    private static string? FinalCorrespondentId(JsonElement json)
    {
        if (json.Object("correspondentIds") is not { } ids) return null;
        foreach (var id in ids.EnumerateObject())
            if (id.Name.EndsWith("_FINAL", StringComparison.OrdinalIgnoreCase)) return ids.Text(id.Name);
        return null;
    }
}
