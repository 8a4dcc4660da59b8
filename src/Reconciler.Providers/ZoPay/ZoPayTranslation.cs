using Reconciler.Core;

namespace Reconciler.Providers;

/// <summary>ZoPay's words into ours. Pure and total.</summary>
internal static class ZoPayTranslation
{
    private const string PayoutEvents = "payout.";

    /// <summary>A status answer: <c>{"payout":{…}}</c>.</summary>
    public static Reading Answer(ReadOnlyMemory<byte> body) => WireJson.Read(body, json =>
        json.Object("payout") is { } payout ? Answered(ZoPayPayout.Of(payout)) : new Reading.Unreadable(UnreadableReason.UnknownShape));

    /// <summary>A webhook: <c>{"event","data":{…},"timestamp"}</c>.</summary>
    public static Reading Webhook(ReadOnlyMemory<byte> body) => WireJson.Read(body, json =>
    {
        if (json.Text("event") is { } name)
        {
            if (EventWord.Aside(name, PayoutEvents) is { } aside) return aside;
        }

        return json.Object("data") is { } data ? Heard(ZoPayEvent.Of(json, data)) : new Reading.Unreadable(UnreadableReason.UnknownShape);
    });

    private static Reading Answered(ZoPayPayout payout)
    {
        if (payout.Id is not { } id) return new Reading.Unreadable(UnreadableReason.NoPayoutId);
        if (payout.Status is not { } word) return new Reading.Unreadable(UnreadableReason.NoStatus);
        if (!WireMoney.TryRead(payout.Amount, payout.Currency, out var amount, out var problem)) return new Reading.Unreadable(problem);

        var status = Status(word);
        var occurredAt = payout.CompletedAt ?? (status == ObservedStatus.Pending ? payout.CreatedAt : null);
        var failure = Failure(status, payout.Error?.Code, payout.Error?.Message);
        return new Reading.Observed(new Statement(
            id, status, word, amount, payout.Msisdn, Reference: null, payout.GatewayReference, failure, occurredAt));
    }

    // The webhook page says "smallest currency unit", the REST page shows major units (November 2026): for XAF and XOF, all that ZoPay
    // pays in, they are the same number.
    private static Reading Heard(ZoPayEvent heard)
    {
        if (heard.PayoutId is not { } id) return new Reading.Unreadable(UnreadableReason.NoPayoutId);
        if (Claim(heard) is not var (status, word)) return new Reading.Unreadable(UnreadableReason.NoStatus);
        if (!WireMoney.TryRead(heard.Amount, heard.Currency, out var amount, out var problem)) return new Reading.Unreadable(problem);

        var failure = Failure(status, null, heard.FailureReason);
        return new Reading.Observed(new Statement(
            id, status, word, amount, heard.RecipientMsisdn, Failure: failure, OccurredAt: heard.Timestamp));
    }

    // The status decides; the event's name is held against it. The one without the other is not what is documented.
    private static (ObservedStatus Status, string Word)? Claim(ZoPayEvent heard)
    {
        if (heard.Status is not { } word) return null;
        var named = heard.Event?.ToLowerInvariant() switch
        {
            "payout.completed" => ObservedStatus.Succeeded,
            "payout.failed" => ObservedStatus.Failed,
            _ => ObservedStatus.Unrecognised,
        };
        var stated = Status(word);
        return EventWord.Contradicts(named, stated) ? (ObservedStatus.Unrecognised, $"{heard.Event} {word}") : (stated, word);
    }

    // VERIFYING is in their published dashboard's code only (November 2026): still under way.
    private static ObservedStatus Status(string word) => word.ToUpperInvariant() switch
    {
        "PENDING" => ObservedStatus.Pending,
        "PROCESSING" or "VERIFYING" => ObservedStatus.Processing,
        "SUCCESS" => ObservedStatus.Succeeded,
        "FAILED" => ObservedStatus.Failed,
        "CANCELLED" => ObservedStatus.Cancelled,
        _ => ObservedStatus.Unrecognised,
    };

    private static Failure? Failure(ObservedStatus status, string? code, string? text) =>
        status is ObservedStatus.Failed or ObservedStatus.Cancelled && (code ?? text) is not null
            ? Core.Failure.Of(Code(text) is not FailureCode.Other and var known ? known : Code(code), code ?? text, code is null ? null : text)
            : null;

    private static FailureCode Code(string? text) => text?.Trim().TrimEnd('.').ToUpperInvariant() switch
    {
        "INVALID RECIPIENT" or "INVALID RECIPIENT PHONE NUMBER" => FailureCode.RecipientInvalid,
        "RECIPIENT ACCOUNT NOT FOUND OR INACTIVE" => FailureCode.RecipientBlocked,
        "INSUFFICIENT FUNDS IN YOUR ACCOUNT" => FailureCode.MerchantFunds,
        "GATEWAY SERVICE UNAVAILABLE" => FailureCode.ProviderFault,
        _ => FailureCode.Other,
    };
}
