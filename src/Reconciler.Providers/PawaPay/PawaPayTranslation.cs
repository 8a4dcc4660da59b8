using System.Text.Json;
using System.Text.RegularExpressions;
using Reconciler.Core;

namespace Reconciler.Providers;

/// <summary>
/// pawaPay's words into ours. Pure and total. The shape tells the version: no body of the one can be taken for the other's.
/// </summary>
internal static partial class PawaPayTranslation
{
    private const int AmountCharactersMax = 23;

    private const string ManuallyCancelled = "MANUALLY_CANCELLED";

    /// <summary>An answer to a status request: v1 a list of at most one, v2 <c>{status: FOUND | NOT_FOUND, data}</c>.</summary>
    public static Reading Answer(ReadOnlyMemory<byte> body, string asked) => WireJson.Read(body, json => json.ValueKind switch
    {
        JsonValueKind.Array => json.GetArrayLength() switch
        {
            0 => HttpAnswer.NotFound(asked),
            1 => Payout(json[0]),
            _ => new Reading.Unreadable(UnreadableReason.UnknownShape),
        },
        JsonValueKind.Object => Lookup(json, asked),
        _ => new Reading.Unreadable(UnreadableReason.UnknownShape),
    });

    /// <summary>A callback: the payout itself. The same URL may receive deposits and refunds: those are not ours to judge.</summary>
    public static Reading Callback(ReadOnlyMemory<byte> body) => WireJson.Read(body, Payout);

    // The outer status is the lookup's, not the payout's. An error that came with 200 has neither word.
    private static Reading Lookup(JsonElement json, string asked) => json.Text("status")?.ToUpperInvariant() switch
    {
        "NOT_FOUND" => HttpAnswer.NotFound(asked),
        "FOUND" when json.Object("data") is { } data => Payout(data),
        _ => new Reading.Unreadable(UnreadableReason.UnknownShape),
    };

    private static Reading Payout(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) return new Reading.Unreadable(UnreadableReason.UnknownShape);
        var payout = PawaPayPayout.Of(json);
        if (payout.PayoutId is not { } id) return WithoutPayout(json);
        if (payout.Status is not { } word) return new Reading.Unreadable(UnreadableReason.NoStatus);
        if (payout.Amount is not null && !IsAmount(payout.Amount)) return new Reading.Unreadable(UnreadableReason.AmountUnreadable);
        if (!WireMoney.TryRead(payout.Amount, payout.Currency, out var amount, out var problem)) return new Reading.Unreadable(problem);

        var status = Status(word, payout.FailureCode);
        return new Reading.Observed(new Statement(
            id,
            status,
            word,
            amount,
            payout.PhoneNumber,
            payout.ClientReferenceId,
            payout.ProviderTransactionId,
            Failure(status, payout),
            OccurredAt(status, payout)));
    }

    private static Reading WithoutPayout(JsonElement json) =>
        (json.Id("depositId") ?? json.Id("refundId")) is null
            ? new Reading.Unreadable(UnreadableReason.NoPayoutId)
            : new Reading.Ignored(IgnoredReason.NotAPayout);

    // IN_RECONCILIATION (v2 only): the operator's answer was unclear, money may have moved either way. Not an outcome.
    private static ObservedStatus Status(string word, string? failureCode) => word.ToUpperInvariant() switch
    {
        "ACCEPTED" or "ENQUEUED" => ObservedStatus.Pending,
        "SUBMITTED" or "PROCESSING" or "IN_RECONCILIATION" => ObservedStatus.Processing,
        "COMPLETED" => ObservedStatus.Succeeded,
        "FAILED" when ManuallyCancelled.Equals(failureCode, StringComparison.OrdinalIgnoreCase) => ObservedStatus.Cancelled,
        "FAILED" or "REJECTED" => ObservedStatus.Failed,
        _ => ObservedStatus.Unrecognised,
    };

    private static Failure? Failure(ObservedStatus status, PawaPayPayout payout) =>
        status is ObservedStatus.Failed or ObservedStatus.Cancelled && (payout.FailureCode ?? payout.FailureMessage) is not null
            ? Core.Failure.Of(Code(payout.FailureCode), payout.FailureCode, payout.FailureMessage)
            : null;

    private static FailureCode Code(string? code) => code?.ToUpperInvariant() switch
    {
        "RECIPIENT_NOT_FOUND" => FailureCode.RecipientInvalid,
        "RECIPIENT_NOT_ALLOWED_TO_RECEIVE" => FailureCode.RecipientBlocked,
        "BALANCE_INSUFFICIENT" or "PAWAPAY_WALLET_OUT_OF_FUNDS" => FailureCode.MerchantFunds,
        "WALLET_LIMIT_REACHED" or "RECIPIENT_LIMIT_REACHED" => FailureCode.RecipientLimit,
        "UNSPECIFIED_FAILURE" or "UNKNOWN_ERROR" or "OTHER_ERROR" => FailureCode.ProviderFault,
        ManuallyCancelled => FailureCode.CancelledByMerchant,
        _ => FailureCode.Other,
    };

    // `created` is when the payout was accepted: it dates that word and no later one.
    private static DateTimeOffset? OccurredAt(ObservedStatus status, PawaPayPayout payout) => status switch
    {
        ObservedStatus.Succeeded => payout.ReceivedByRecipient,
        ObservedStatus.Pending => payout.Created,
        _ => null,
    };

    /// <summary>
    /// No leading zeros but <c>0.x</c>, up to two decimals, 23 characters (docs.pawapay.io, payouts, November 2026).
    /// </summary>
    private static bool IsAmount(string text) => text.Length <= AmountCharactersMax && AmountGrammar().IsMatch(text);

    [GeneratedRegex(@"\A(0|[1-9][0-9]*)(\.[0-9]{1,2})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex AmountGrammar();
}
