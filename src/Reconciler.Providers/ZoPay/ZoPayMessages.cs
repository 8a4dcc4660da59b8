using System.Text.Json;

namespace Reconciler.Providers;

/// <summary>The <c>payout</c> of a status answer, camelCase (ZoPay's REST page, November 2026).</summary>
/// <param name="Error">An object of unknown shape: code and message where they are, else the whole as text.</param>
internal sealed record ZoPayPayout(
    string? Id,
    string? Amount,
    string? Currency,
    string? Status,
    string? Msisdn,
    string? GatewayReference,
    DateTimeOffset? CreatedAt,
    DateTimeOffset? CompletedAt,
    ZoPayError? Error)
{
    public static ZoPayPayout Of(JsonElement json) => new(
        json.Id("id"),
        json.Amount("amount"),
        json.Text("currency"),
        json.Text("status"),
        json.Object("recipient")?.Text("msisdn"),
        json.Text("gatewayReference"),
        json.Instant("createdAt"),
        json.Instant("completedAt"),
        ZoPayError.Of(json));
}

internal sealed record ZoPayError(string? Code, string? Message)
{
    public static ZoPayError? Of(JsonElement payout)
    {
        var error = payout.Object("error");
        var (code, message) = (error?.Text("code"), error?.Text("message"));
        if (code is null && message is null) message = payout.AnyText("error");
        return code is null && message is null ? null : new ZoPayError(code, message);
    }
}

/// <summary>A webhook's body, snake_case (ZoPay's webhook page, November 2026).</summary>
/// <param name="Event"><c>payout.completed</c> or <c>payout.failed</c>.</param>
/// <param name="RecipientMsisdn">Without the plus that the REST answer has.</param>
internal sealed record ZoPayEvent(
    string? Event,
    DateTimeOffset? Timestamp,
    string? PayoutId,
    string? Amount,
    string? Currency,
    string? RecipientMsisdn,
    string? Status,
    string? FailureReason)
{
    public static ZoPayEvent Of(JsonElement json, JsonElement data) => new(
        json.Text("event"),
        json.Instant("timestamp"),
        data.Id("payout_id"),
        data.Amount("amount"),
        data.Text("currency"),
        data.Text("recipient_msisdn"),
        data.Text("status"),
        data.Text("failure_reason"));
}
