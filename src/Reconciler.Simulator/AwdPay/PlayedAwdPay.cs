using System.Globalization;
using System.Text.Json;
using Reconciler.Simulator.Payouts;
using Reconciler.Simulator.Playing;
using Reconciler.Simulator.Polls;
using Reconciler.Simulator.Webhooks;

namespace Reconciler.Simulator.AwdPay;

/// <summary>AwdPay. Expired and cancelled withdrawals send nothing; its signature is known from third parties only.</summary>
public sealed class PlayedAwdPay : IPlayedProvider
{
    public string Name => "awdpay";
    public string DefaultCurrency => "XOF";

    /// <summary>The documentation lists no codes: <c>failureReason</c> is whatever they write there.</summary>
    public IReadOnlyList<string> Failures { get; } = ["Insufficient float at gateway", "Beneficiary wallet not found", "Gateway timeout"];

    /// <summary>Undocumented; played like Zayono's.</summary>
    public IReadOnlyList<TimeSpan> Tries { get; } = [TimeSpan.Zero, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60)];
    public TimeSpan AnswerWithin => TimeSpan.FromSeconds(10);
    public IReadOnlyList<(int Requests, TimeSpan Window)> Limits => [];

    public bool Knows(Standing standing) => standing != Standing.Rejected;

    public bool Sends(Standing standing) => standing is not (Standing.Expired or Standing.Cancelled or Standing.Rejected);

    public bool IsAcknowledged(int httpStatus) => httpStatus is >= 200 and < 300;

    public string NewPayoutId(ref Draws draws) =>
        $"WTD17{draws.Letters(11, "0123456789")}{draws.Letters(6, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")}";

    public void WriteWebhook(Utf8JsonWriter json, SimPayout payout, Claim claim)
    {
        json.WriteStartObject();
        json.WriteString("event", EventName(claim));
        json.WriteString("timestamp", Time(claim.At));
        json.WriteStartObject("data");
        json.WriteString("reference", payout.Id);
        json.WriteString("status", Word(claim));
        json.WriteNumber("amount", payout.Amount + 0.00m);
        json.WriteString("currency", payout.Currency);
        json.WriteString("beneficiaryName", "Amadou Diallo");
        json.WriteString("beneficiaryPhone", "+" + payout.Recipient);
        json.WriteString("gatewayName", "wave-senegal");
        json.WriteString("createdAt", Time(payout.StartedAt));
        json.WriteString("processedAt", claim.Standing.IsFinal() ? Time(claim.At) : null);
        json.WriteString("externalReference", claim.Standing == Standing.Succeeded ? $"WAVE_TXN_{payout.Number:D6}" : null);
        json.WriteStartObject("metadata");
        json.WriteString("merchantReference", payout.Reference);
        json.WriteEndObject();
        if (claim is { Standing: Standing.Failed, Word: null })
        {
            json.WriteString("failureReason", payout.FailureCode);
            json.WriteString("failureMessage", $"Simulated: {payout.FailureCode}");
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    // The timestamp header comes as unix seconds or as ISO 8601: each payout keeps to one of them.
    public void Sign(WebhookMessage message, HttpRequestMessage request)
    {
        var timestamp = message.DeliveryId[0] is '0' or '1' or '2' or '3'
            ? Time(message.StampedAt)
            : message.StampedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = HmacSignature.OfStampedBody(message.Secret, timestamp, message.SignedBody);
        request.Headers.TryAddWithoutValidation("X-AWDPay-Signature", signature);
        request.Headers.TryAddWithoutValidation("X-AWDPay-Timestamp", timestamp);
        request.Headers.TryAddWithoutValidation("X-AWDPay-Event", EventName(message.Claim));
    }

    // None of these bodies is documented.
    public Refusal Refuse(RefusalKind kind, int retryAfterSeconds) => kind switch
    {
        RefusalKind.NotFound => new(404, """{"message":"Withdrawal not found"}"""),
        RefusalKind.Unauthorised => new(401, """{"message":"Unauthorized"}"""),
        RefusalKind.Throttled => new(429, """{"message":"Too many requests"}""", WithRetryAfter: true),
        RefusalKind.Broken => new(500, """{"message":"Internal server error"}"""),
    };

    public static void WriteStatus(Utf8JsonWriter json, SimPayout payout, Claim claim, string shownId)
    {
        var final = claim.Standing.IsFinal() && claim.Word is null;
        json.WriteStartObject();
        json.WriteString("reference", shownId);
        json.WriteString("status", Word(claim));
        json.WriteNumber("amount", payout.Amount + 0.00m);
        json.WriteString("currency", payout.Currency);
        json.WriteString("beneficiaryName", "Amadou Diallo");
        json.WriteString("beneficiaryPhone", "+" + payout.Recipient);
        json.WriteString("beneficiaryEmail", "amadou@example.com");
        json.WriteString("country", Market.Of(payout.Currency).Alpha2);
        json.WriteString("gatewayName", "wave-senegal");
        json.WriteString("createdAt", Time(payout.StartedAt));
        json.WriteString("processedAt", final ? Time(claim.At) : null);
        json.WriteString("expiresAt", Time(payout.StartedAt.AddHours(1)));
        json.WriteString("failureReason", final && claim.Standing == Standing.Failed ? payout.FailureCode : null);
        json.WriteString("externalReference", final && claim.Standing == Standing.Succeeded ? $"WAVE_TXN_{payout.Number:D6}" : null);
        json.WriteString("description", "Simulated withdrawal");
        json.WriteEndObject();
    }

    private static string Word(Claim claim) => claim.Word ?? claim.Standing switch
    {
        Standing.Pending => "pending",
        Standing.Processing => "processing",
        Standing.Succeeded => "success",
        Standing.Failed or Standing.Rejected => "failed",
        Standing.Cancelled => "cancelled",
        Standing.Expired => "expired",
    };

    private static string EventName(Claim claim) => $"withdrawal.{Word(claim with { Word = null })}";

    private static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
