using Reconciler.Core;

namespace Reconciler.Providers;

/// <summary>CaurisFlux's messages into our words. Pure and total.</summary>
internal static class CaurisFluxTranslation
{
    private const string PayoutType = "payout";

    /// <summary>The body of a status answer.</summary>
    public static Reading Status(ReadOnlyMemory<byte> body) =>
        WireJson.Read(body, root => Observed(CaurisFluxPayout.FromEither(root), eventName: null, eventAt: null));

    /// <summary>
    /// The body of a delivery. No page describes payout webhooks, so that any event is taken whose data names a transaction and an
    /// outcome, either as its status or at the end of the event's name (the plugin's code, November 2026).
    /// </summary>
    public static Reading Webhook(ReadOnlyMemory<byte> body) => WireJson.Read(body, root =>
    {
        var delivery = CaurisFluxDelivery.From(root);
        return delivery is { Event: { } name, Payout.TransactionId: null } && EventWord.IsTrial(name)
            ? new Reading.Ignored(IgnoredReason.Trial)
            : Observed(delivery.Payout, delivery.Event, delivery.Timestamp);
    });

    private static Reading Observed(CaurisFluxPayout payout, string? eventName, DateTimeOffset? eventAt)
    {
        if (payout.Type is { } type && !type.Equals(PayoutType, StringComparison.OrdinalIgnoreCase))
            return new Reading.Ignored(IgnoredReason.NotAPayout);
        if (payout.TransactionId is not { } id) return new Reading.Unreadable(UnreadableReason.NoPayoutId);
        if (Claim(payout.Status, eventName) is not var (status, word)) return new Reading.Unreadable(UnreadableReason.NoStatus);
        if (!WireMoney.TryRead(payout.Amount, payout.Currency, out var amount, out var problem)) return new Reading.Unreadable(problem);
        return new Reading.Observed(new Statement(
            id,
            status,
            word,
            amount,
            payout.RecipientPhone,
            payout.ExternalReference,
            payout.ProviderReference,
            Why(status, payout),
            payout.CompletedAt ?? payout.UpdatedAt ?? eventAt ?? (status == ObservedStatus.Pending ? payout.CreatedAt : null)));
    }

    private static (ObservedStatus Status, string Word)? Claim(string? statusWord, string? eventName)
    {
        var named = eventName is null ? ObservedStatus.Unrecognised : Word(EventWord.Outcome(eventName));
        if (statusWord is null) return named == ObservedStatus.Unrecognised ? null : (named, eventName!);
        var stated = Word(statusWord);
        return EventWord.Contradicts(named, stated) ? (ObservedStatus.Unrecognised, $"{eventName} {statusWord}") : (stated, statusWord);
    }

    // Finality is not promised for any of these (payout page, November 2026).
    private static ObservedStatus Word(string word) => word.ToUpperInvariant() switch
    {
        "PENDING" => ObservedStatus.Pending,
        "PROCESSING" => ObservedStatus.Processing,
        "COMPLETED" or "SUCCESS" or "PAID" => ObservedStatus.Succeeded,
        "FAILED" => ObservedStatus.Failed,
        "CANCELLED" or "CANCELED" => ObservedStatus.Cancelled,
        "EXPIRED" => ObservedStatus.Expired,
        _ => ObservedStatus.Unrecognised,
    };

    private static Failure? Why(ObservedStatus status, CaurisFluxPayout payout) =>
        status is ObservedStatus.Failed or ObservedStatus.Cancelled or ObservedStatus.Expired
        && (payout.ErrorCode ?? payout.ErrorMessage) is not null
            ? Failure.Of(Code(payout.ErrorCode), payout.ErrorCode, payout.ErrorMessage)
            : null;

    private static FailureCode Code(string? errorCode) => errorCode?.ToUpperInvariant() switch
    {
        "INVALID_RECIPIENT" => FailureCode.RecipientInvalid,
        "ACCOUNT_BLOCKED" => FailureCode.RecipientBlocked,
        "INSUFFICIENT_BALANCE" => FailureCode.MerchantFunds,
        "LIMIT_EXCEEDED" => FailureCode.RecipientLimit,
        "PROVIDER_ERROR" => FailureCode.ProviderFault,
        _ => FailureCode.Other,
    };
}
