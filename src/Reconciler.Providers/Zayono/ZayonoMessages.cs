using System.Text.Json;

namespace Reconciler.Providers;

/// <summary>A payout in Zayono's words. <c>amount_charged</c> holds the fee and is not compared; <c>aggregator_status</c>, which
/// <c>/verify</c> adds, is the aggregator's word and not Zayono's.</summary>
/// <param name="Amount">In major units, as written.</param>
/// <param name="Phone">The beneficiary's: under <c>recipient</c> in answers, under <c>customer</c> in webhooks.</param>
/// <param name="FailureReason">Free text.</param>
internal sealed record ZayonoPayout(
    string? Id,
    string? Type,
    string? Status,
    string? Amount,
    string? Currency,
    string? Phone,
    string? FailureReason,
    DateTimeOffset? ProcessedAt,
    DateTimeOffset? CreatedAt,
    DateTimeOffset? UpdatedAt)
{
    public static ZayonoPayout From(JsonElement json) => new(
        json.Id("id"),
        json.Text("type"),
        json.Text("status"),
        json.Amount("amount"),
        json.Text("currency"),
        json.Object("recipient")?.Text("phone") ?? json.Object("customer")?.Text("phone"),
        json.Text("failure_reason"),
        json.Instant("processed_at"),
        json.Instant("created_at"),
        json.Instant("updated_at"));
}

/// <summary>What wraps a payout: <c>{message,data,errors}</c> in answers, <c>{event,data,sent_at}</c> in webhooks.</summary>
/// <param name="Event">Like <c>payout.successful</c>; null in answers.</param>
internal sealed record ZayonoEnvelope(string? Event, DateTimeOffset? SentAt, ZayonoPayout? Data)
{
    public static ZayonoEnvelope From(JsonElement root) =>
        new(root.Text("event"), root.Instant("sent_at"), root.Object("data") is { } data ? ZayonoPayout.From(data) : null);
}
