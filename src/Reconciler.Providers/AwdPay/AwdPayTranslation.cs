using Reconciler.Core;

namespace Reconciler.Providers;

/// <summary>AwdPay's messages into our words. Pure and total.</summary>
internal static class AwdPayTranslation
{
    /// <summary>The body of a status answer.</summary>
    public static Reading Status(ReadOnlyMemory<byte> body) =>
        WireJson.Read(body, root => Observed(AwdPayWithdrawal.From(root), eventName: null, eventAt: null));

    /// <summary>The body of a delivery. Events are named withdrawal.* (webhook page, November 2026); an address that is used for all of
    /// AwdPay's webhooks receives deposits too.</summary>
    public static Reading Webhook(ReadOnlyMemory<byte> body) => WireJson.Read(body, root =>
    {
        var delivery = AwdPayDelivery.From(root);
        if (delivery.Event is not { } name) return new Reading.Unreadable(UnreadableReason.UnknownShape);
        if (EventWord.Aside(name, "withdraw", "payout") is { } aside) return aside;
        return delivery.Data is { } data ? Observed(data, name, delivery.Timestamp) : new Reading.Unreadable(UnreadableReason.NoPayoutId);
    });

    private static Reading Observed(AwdPayWithdrawal withdrawal, string? eventName, DateTimeOffset? eventAt)
    {
        if (withdrawal.Reference is not { } id) return new Reading.Unreadable(UnreadableReason.NoPayoutId);
        if (withdrawal.Status is not { } word) return new Reading.Unreadable(UnreadableReason.NoStatus);
        if (!WireMoney.TryRead(withdrawal.Amount, withdrawal.Currency, out var amount, out var problem)) return new Reading.Unreadable(problem);
        var status = Word(word);
        if (eventName is not null && EventWord.Contradicts(Word(EventWord.Outcome(eventName)), status))
            (status, word) = (ObservedStatus.Unrecognised, $"{eventName} {word}");
        return new Reading.Observed(new Statement(
            id,
            status,
            word,
            amount,
            withdrawal.BeneficiaryPhone,
            Reference: null,
            withdrawal.ExternalReference,
            Why(status, withdrawal),
            withdrawal.ProcessedAt ?? eventAt ?? Dated(status, withdrawal)));
    }

    // createdAt dates the first word and expiresAt the expiry; no other is dated by them.
    private static DateTimeOffset? Dated(ObservedStatus status, AwdPayWithdrawal withdrawal) => status switch
    {
        ObservedStatus.Pending => withdrawal.CreatedAt,
        ObservedStatus.Expired => withdrawal.ExpiresAt,
        _ => null,
    };

    // "expired" is meant as "expired before processing", yet the diagram draws processing to expired (withdrawal page, November 2026).
    private static ObservedStatus Word(string word) => word.ToUpperInvariant() switch
    {
        "PENDING" => ObservedStatus.Pending,
        "PROCESSING" => ObservedStatus.Processing,
        "SUCCESS" => ObservedStatus.Succeeded,
        "FAILED" => ObservedStatus.Failed,
        "CANCELLED" => ObservedStatus.Cancelled,
        "EXPIRED" => ObservedStatus.Expired,
        _ => ObservedStatus.Unrecognised,
    };

    // No list of reasons is published: theirs is kept as given.
    private static Failure? Why(ObservedStatus status, AwdPayWithdrawal withdrawal) =>
        status is ObservedStatus.Failed or ObservedStatus.Cancelled or ObservedStatus.Expired
        && (withdrawal.FailureReason ?? withdrawal.FailureMessage) is not null
            ? Failure.Of(FailureCode.Other, withdrawal.FailureReason, withdrawal.FailureMessage)
            : null;
}
