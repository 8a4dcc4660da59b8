using System.Globalization;
using System.Text.Json;
using Reconciler.Simulator.Payouts;
using Reconciler.Simulator.Playing;
using Reconciler.Simulator.Polls;
using Reconciler.Simulator.Webhooks;

namespace Reconciler.Simulator.ZoPay;

/// <summary>ZoPay. Webhooks in snake_case about two ends only; REST in camelCase about all.</summary>
public sealed class PlayedZoPay : IPlayedProvider
{
    public string Name => "zopay";
    public string DefaultCurrency => "XAF";

    public IReadOnlyList<string> Failures { get; } =
    [
        "Invalid recipient", "Invalid recipient phone number", "Recipient account not found or inactive",
        "Insufficient funds in your account", "Gateway service unavailable",
    ];

    public IReadOnlyList<TimeSpan> Tries { get; } =
    [
        TimeSpan.Zero, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromHours(1), TimeSpan.FromHours(6),
    ];

    public TimeSpan AnswerWithin => TimeSpan.FromSeconds(30);
    public IReadOnlyList<(int Requests, TimeSpan Window)> Limits { get; } = [(100, TimeSpan.FromMinutes(1))];

    public bool Knows(Standing standing) => standing is not (Standing.Expired or Standing.Rejected);

    public bool Sends(Standing standing) => standing is Standing.Succeeded or Standing.Failed;

    public bool IsAcknowledged(int httpStatus) => httpStatus is >= 200 and < 300;

    public string NewPayoutId(ref Draws draws) => draws.Uuid();

    public void WriteWebhook(Utf8JsonWriter json, SimPayout payout, Claim claim)
    {
        json.WriteStartObject();
        json.WriteString("event", EventName(claim));
        json.WriteStartObject("data");
        json.WriteString("payout_id", payout.Id);
        json.WriteString("merchant_id", MerchantId);
        json.WriteString("amount", Money(payout.Amount));
        json.WriteString("currency", payout.Currency);
        json.WriteString("gateway", Gateway(payout));
        json.WriteString("recipient_msisdn", payout.Recipient);
        json.WriteString("status", Word(claim));
        json.WriteString("fees", Money(Fee(payout)));
        json.WriteString("total_deducted", Money(payout.Amount + Fee(payout)));
        json.WriteString("created_at", Time(payout.StartedAt));
        json.WriteString("failure_reason", claim is { Standing: Standing.Failed, Word: null } ? payout.FailureCode : null);
        json.WriteEndObject();
        json.WriteString("timestamp", Time(claim.At));
        json.WriteEndObject();
    }

    public void Sign(WebhookMessage message, HttpRequestMessage request)
    {
        var timestamp = message.StampedAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        request.Headers.TryAddWithoutValidation("X-Zo-Signature", HmacSignature.OfStampedBody(message.Secret, timestamp, message.SignedBody));
        request.Headers.TryAddWithoutValidation("X-Zo-Timestamp", timestamp);
        request.Headers.TryAddWithoutValidation("X-Zo-Event", EventName(message.Claim));
        request.Headers.TryAddWithoutValidation("X-Zo-Delivery-Id", message.DeliveryId);
    }

    public Refusal Refuse(RefusalKind kind, int retryAfterSeconds) => kind switch
    {
        RefusalKind.NotFound => new(404, """{"error":"Not Found","message":"Payout not found","code":"NOT_FOUND"}"""),
        RefusalKind.Unauthorised => Unauthorised("Invalid signature"),
        RefusalKind.Throttled => new(429, string.Create(CultureInfo.InvariantCulture,
            $$"""{"error":"Too Many Requests","message":"Rate limit exceeded","code":"RATE_LIMIT_EXCEEDED","retry_after":{{retryAfterSeconds}}}""")),
        RefusalKind.Broken => new(500, """{"error":"Internal Server Error","message":"Something went wrong","code":"INTERNAL_ERROR"}"""),
    };

    public static Refusal Unauthorised(string message) => new(401, $$"""{"error":"Unauthorized","message":"{{message}}","code":"AUTH_ERROR"}""");

    public static void WriteStatus(Utf8JsonWriter json, SimPayout payout, Claim claim, string shownId)
    {
        json.WriteStartObject();
        json.WritePropertyName("payout");
        WritePayout(json, payout, claim, shownId);
        json.WriteEndObject();
    }

    public static void WritePayout(Utf8JsonWriter json, SimPayout payout, Claim claim, string shownId)
    {
        var succeeded = claim is { Standing: Standing.Succeeded, Word: null };
        json.WriteStartObject();
        json.WriteString("id", shownId);
        json.WriteString("merchantId", MerchantId);
        json.WriteString("gateway", Gateway(payout));
        json.WriteString("amount", Money(payout.Amount));
        json.WriteString("currency", payout.Currency);
        json.WriteString("status", Word(claim));
        json.WriteStartObject("recipient");
        json.WriteString("msisdn", "+" + payout.Recipient);
        json.WriteEndObject();
        json.WriteString("gatewayReference", succeeded ? $"MTN_REF_{payout.Number:D9}" : null);
        json.WriteString("gatewayFee", Money(50));
        json.WriteString("platformFee", Money(Fee(payout) - 50));
        json.WriteString("totalAmount", Money(payout.Amount + Fee(payout)));
        json.WriteString("createdAt", Time(payout.StartedAt));
        json.WriteString("completedAt", succeeded ? Time(claim.At) : null);
        if (claim is { Standing: Standing.Failed, Word: null })
        {
            // The shape of "error" is not documented; the free texts are those of the webhook page.
            json.WriteStartObject("error");
            json.WriteString("message", payout.FailureCode);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("error");
        }

        json.WriteEndObject();
    }

    public static string Word(Claim claim) => claim.Word ?? claim.Standing switch
    {
        Standing.Pending => "PENDING",
        Standing.Processing => "PROCESSING",
        Standing.Succeeded => "SUCCESS",
        Standing.Failed or Standing.Rejected or Standing.Expired => "FAILED",
        Standing.Cancelled => "CANCELLED",
    };

    public static string Gateway(SimPayout payout) => payout.Number % 2 == 0 ? "MTN_MOMO" : "ORANGE_MONEY";

    private const string MerchantId = "5b1f7e2c-3a4d-4c6e-9f80-112233445566";

    private static string EventName(Claim claim) => claim.Standing switch
    {
        Standing.Succeeded => "payout.completed",
        Standing.Failed or Standing.Rejected or Standing.Expired => "payout.failed",
        Standing.Cancelled => "payout.cancelled",
        Standing.Pending or Standing.Processing => "payout.processing",
    };

    private static decimal Fee(SimPayout payout) => decimal.Round(payout.Amount / 50, 2) + 50;

    private static string Money(decimal amount) => amount.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
