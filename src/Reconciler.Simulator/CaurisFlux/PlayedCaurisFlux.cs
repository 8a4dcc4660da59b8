using System.Globalization;
using System.Text.Json;
using Reconciler.Simulator.Payouts;
using Reconciler.Simulator.Playing;
using Reconciler.Simulator.Polls;
using Reconciler.Simulator.Webhooks;

namespace Reconciler.Simulator.CaurisFlux;

/// <summary>CaurisFlux. Its payout webhooks are unconfirmed; they are played as its plugin's payment webhooks are.</summary>
public sealed class PlayedCaurisFlux : IPlayedProvider
{
    public string Name => "caurisflux";
    public string DefaultCurrency => "XOF";

    public IReadOnlyList<string> Failures { get; } =
        ["invalid_recipient", "account_blocked", "insufficient_balance", "limit_exceeded", "provider_error"];

    /// <summary>Undocumented; played like Zayono's.</summary>
    public IReadOnlyList<TimeSpan> Tries { get; } = [TimeSpan.Zero, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60)];
    public TimeSpan AnswerWithin => TimeSpan.FromSeconds(10);

    public IReadOnlyList<(int Requests, TimeSpan Window)> Limits { get; } = [(100, TimeSpan.FromMinutes(1)), (1000, TimeSpan.FromHours(1))];

    public bool Knows(Standing standing) => standing != Standing.Rejected;

    public bool Sends(Standing standing) => standing.IsFinal();

    public bool IsAcknowledged(int httpStatus) => httpStatus is >= 200 and < 300;

    public string NewPayoutId(ref Draws draws) => "POM" + draws.Letters(13, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

    public void WriteWebhook(Utf8JsonWriter json, SimPayout payout, Claim claim)
    {
        json.WriteStartObject();
        json.WriteString("event", EventName(claim));
        json.WriteStartObject("data");
        json.WriteString("transactionId", payout.Id);
        json.WriteString("externalReference", payout.Reference);
        json.WriteString("type", "payout");
        json.WriteString("status", Word(claim));
        json.WriteNumber("amount", payout.Amount);
        json.WriteString("currency", payout.Currency);
        if (claim is { Standing: Standing.Failed, Word: null })
        {
            json.WriteString("errorCode", payout.FailureCode);
            json.WriteString("errorMessage", $"Simulated: {payout.FailureCode}");
        }

        json.WriteString("updatedAt", Time(claim.At));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public void Sign(WebhookMessage message, HttpRequestMessage request)
    {
        var timestamp = message.StampedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = HmacSignature.OfStampedBody(message.Secret, timestamp, message.SignedBody);
        request.Headers.TryAddWithoutValidation("X-Webhook-Signature", signature);
        request.Headers.TryAddWithoutValidation("X-Webhook-Timestamp", timestamp);
        request.Headers.TryAddWithoutValidation("X-Webhook-Event", EventName(message.Claim));
        request.Headers.TryAddWithoutValidation("X-Webhook-Delivery-Id", message.DeliveryId);
    }

    // The plugin's code shows that "message" may be a string or an array: both occur here.
    public Refusal Refuse(RefusalKind kind, int retryAfterSeconds) => kind switch
    {
        RefusalKind.NotFound => new(404, """{"statusCode":404,"error":"NOT_FOUND","message":"Transaction not found"}"""),
        RefusalKind.Unauthorised => new(401, """{"statusCode":401,"error":"UNAUTHORIZED","message":"Invalid API key"}"""),
        RefusalKind.Throttled => new(429, """{"statusCode":429,"error":"RATE_LIMIT_EXCEEDED","message":["Too many requests"]}"""),
        RefusalKind.Broken => new(500, """{"statusCode":500,"error":"INTERNAL_SERVER_ERROR","message":"Internal server error"}"""),
    };

    /// <summary>The status answer, bare as the payout page shows it.</summary>
    public static void WriteStatus(Utf8JsonWriter json, SimPayout payout, Claim claim, string shownId)
    {
        var succeeded = claim is { Standing: Standing.Succeeded, Word: null };
        var failed = claim is { Standing: Standing.Failed, Word: null };
        json.WriteStartObject();
        json.WriteString("transactionId", shownId);
        json.WriteString("externalReference", payout.Reference);
        json.WriteString("type", "payout");
        json.WriteString("status", Word(claim));
        json.WriteNumber("amount", payout.Amount);
        json.WriteString("currency", payout.Currency);
        json.WriteString("method", "mobile_money");
        json.WriteString("mobileProvider", "wave");
        json.WriteString("recipientPhone", "+" + payout.Recipient);
        json.WriteString("recipientName", "Amadou Diallo");

        // Absent until completed, not null.
        if (succeeded)
        {
            json.WriteString("providerReference", $"WAVE-PAY-{payout.Number:D6}");
        }

        json.WriteString("message", succeeded ? "Payout effectué avec succès" : failed ? "Payout échoué" : "Payout en cours de traitement");
        json.WriteString("errorCode", failed ? payout.FailureCode : null);
        json.WriteString("errorMessage", failed ? $"Simulé : {payout.FailureCode}" : null);
        json.WriteString("completedAt", succeeded ? Time(claim.At) : null);
        json.WriteString("createdAt", Time(payout.StartedAt));
        json.WriteString("updatedAt", Time(claim.At));
        json.WriteNull("metadata");
        json.WriteEndObject();
    }

    private static string Word(Claim claim) => claim.Word ?? claim.Standing switch
    {
        Standing.Pending => "pending",
        Standing.Processing => "processing",
        Standing.Succeeded => "completed",
        Standing.Failed or Standing.Rejected => "failed",
        Standing.Cancelled => "cancelled",
        Standing.Expired => "expired",
    };

    private static string EventName(Claim claim) => claim.Standing switch
    {
        Standing.Pending => "payment.pending",
        Standing.Processing => "payment.processing",
        Standing.Succeeded => "payment.success",
        Standing.Failed or Standing.Rejected => "payment.failed",
        Standing.Cancelled => "payment.cancelled",
        Standing.Expired => "payment.expired",
    };

    private static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
