using Reconciler.Core;

namespace Reconciler.Providers;

/// <summary>Zayono's messages into our words. Pure and total.</summary>
internal static class ZayonoTranslation
{
    private const string PayoutType = "payout";
    private const string PayoutEvents = "payout.";

    /// <summary>The body of a status answer, plain or <c>/verify</c>.</summary>
    public static Reading Status(ReadOnlyMemory<byte> body) => WireJson.Read(body, root => Observed(ZayonoEnvelope.From(root)));

    /// <summary>The body of a delivery.</summary>
    public static Reading Webhook(ReadOnlyMemory<byte> body) => WireJson.Read(body, root =>
    {
        var delivery = ZayonoEnvelope.From(root);
        if (delivery.Event is not { } name) return new Reading.Unreadable(UnreadableReason.UnknownShape);
        return EventWord.Aside(name, PayoutEvents) ?? Observed(delivery);
    });

    private static Reading Observed(ZayonoEnvelope envelope)
    {
        if (envelope.Data is not { } payout) return new Reading.Unreadable(UnreadableReason.UnknownShape);
        if (payout.Type is { } type && !type.Equals(PayoutType, StringComparison.OrdinalIgnoreCase))
            return new Reading.Ignored(IgnoredReason.NotAPayout);
        if (payout.Id is not { } id) return new Reading.Unreadable(UnreadableReason.NoPayoutId);
        if (payout.Status is not { } word) return new Reading.Unreadable(UnreadableReason.NoStatus);
        if (!WireMoney.TryRead(payout.Amount, payout.Currency, out var amount, out var problem)) return new Reading.Unreadable(problem);
        var status = Word(word);
        if (envelope.Event is { } name && EventWord.Contradicts(Word(EventWord.Outcome(name)), status))
            (status, word) = (ObservedStatus.Unrecognised, $"{name} {word}");
        return new Reading.Observed(new Statement(
            id,
            status,
            word,
            amount,
            payout.Phone,
            Reference: null,
            ProviderReference: null,
            Why(status, payout.FailureReason),
            payout.ProcessedAt ?? payout.UpdatedAt ?? envelope.SentAt ?? (status == ObservedStatus.Pending ? payout.CreatedAt : null)));
    }

    // The event says "successful" where the status says "success" (webhook page, November 2026).
    private static ObservedStatus Word(string word) => word.ToUpperInvariant() switch
    {
        "INITIATED" or "PENDING" => ObservedStatus.Pending,
        "PROCESSING" => ObservedStatus.Processing,
        "SUCCESS" or "SUCCESSFUL" => ObservedStatus.Succeeded,
        "FAILED" => ObservedStatus.Failed,
        "CANCELLED" => ObservedStatus.Cancelled,
        _ => ObservedStatus.Unrecognised,
    };

    private static Failure? Why(ObservedStatus status, string? reason) =>
        status is ObservedStatus.Failed or ObservedStatus.Cancelled && reason is not null ? Failure.Of(Code(reason), reason, message: null) : null;

    // Free text; these are the ones that the payout page lists (November 2026).
    private static FailureCode Code(string reason) => reason.Trim().ToUpperInvariant() switch
    {
        "INVALID RECIPIENT NUMBER" => FailureCode.RecipientInvalid,
        "RECIPIENT ACCOUNT INACTIVE" => FailureCode.RecipientBlocked,
        "INSUFFICIENT FUNDS" or "INSUFFICIENT FUNDS ON AGGREGATOR WALLET" => FailureCode.MerchantFunds,
        "AMOUNT LIMIT EXCEEDED" => FailureCode.RecipientLimit,
        "OPERATOR UNAVAILABLE" => FailureCode.ProviderFault,
        _ => FailureCode.Other,
    };
}
