using System.Globalization;
using System.Text.Json;
using Reconciler.Simulator.Payouts;
using Reconciler.Simulator.Playing;
using Reconciler.Simulator.Polls;
using Reconciler.Simulator.Webhooks;

namespace Reconciler.Simulator.Zayono;

/// <summary>Zayono. The event says "successful" where the status says "success"; the signature covers the body alone.</summary>
public sealed class PlayedZayono : IPlayedProvider
{
    public string Name => "zayono";
    public string DefaultCurrency => "XOF";

    public IReadOnlyList<string> Failures { get; } =
    [
        "Invalid recipient number", "Recipient account inactive", "Insufficient funds", "Insufficient funds on aggregator wallet",
        "Amount limit exceeded", "Operator unavailable",
    ];

    public IReadOnlyList<TimeSpan> Tries { get; } = [TimeSpan.Zero, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60)];
    public TimeSpan AnswerWithin => TimeSpan.FromSeconds(10);
    public IReadOnlyList<(int Requests, TimeSpan Window)> Limits { get; } = [(120, TimeSpan.FromMinutes(1))];

    public bool Knows(Standing standing) => standing is not (Standing.Expired or Standing.Rejected);

    public bool Sends(Standing standing) => standing is Standing.Pending or Standing.Succeeded or Standing.Failed or Standing.Cancelled;

    public bool IsAcknowledged(int httpStatus) => httpStatus is >= 200 and < 300;

    public string NewPayoutId(ref Draws draws) => draws.Uuid();

    public void WriteWebhook(Utf8JsonWriter json, SimPayout payout, Claim claim)
    {
        json.WriteStartObject();
        json.WriteString("event", EventName(claim));
        json.WriteStartObject("data");
        WriteHead(json, payout, claim, payout.Id);
        json.WriteNumber("fee_percent", 0);
        WriteMarket(json, payout);
        json.WriteString("aggregator_code", "simulated");
        json.WriteString("environment", "sandbox");
        json.WriteStartObject("customer");
        json.WriteString("id", PersonId(payout));
        json.WriteString("email", "marie.koffi@example.com");
        json.WriteString("phone", "+" + payout.Recipient);
        json.WriteEndObject();
        WriteTail(json, payout, claim);
        json.WriteEndObject();
        json.WriteString("sent_at", Time(claim.At));
        json.WriteEndObject();
    }

    public void Sign(WebhookMessage message, HttpRequestMessage request)
    {
        request.Headers.TryAddWithoutValidation("X-Zayono-Signature", $"sha256={HmacSignature.OfBody(message.Secret, message.SignedBody)}");
        request.Headers.TryAddWithoutValidation("X-Zayono-Event", EventName(message.Claim));
        request.Headers.TryAddWithoutValidation("X-Zayono-Delivery-Id", message.DeliveryId);
    }

    public Refusal Refuse(RefusalKind kind, int retryAfterSeconds) => kind switch
    {
        RefusalKind.NotFound => new(404, """{"message":"Payout not found.","data":null,"errors":null}"""),
        RefusalKind.Unauthorised => new(401, """{"message":"Unauthenticated.","data":null,"errors":null}"""),
        RefusalKind.Throttled => new(429, """{"message":"Too Many Attempts.","data":null,"errors":null}""", WithRetryAfter: true),
        RefusalKind.Broken => new(500, """{"message":"Server Error","data":null,"errors":null}"""),
    };

    /// <param name="verified">Whether the aggregator was asked again, which adds its own word.</param>
    public static void WriteStatus(Utf8JsonWriter json, SimPayout payout, Claim claim, string shownId, bool verified)
    {
        json.WriteStartObject();
        json.WriteString("message", verified ? "Payout verified." : "Payout details retrieved.");
        json.WriteStartObject("data");
        WriteHead(json, payout, claim, shownId);
        WriteMarket(json, payout);
        json.WriteString("description", "Simulated payout");
        WriteTail(json, payout, claim);
        json.WriteStartObject("recipient");
        json.WriteString("id", PersonId(payout));
        json.WriteString("email", "marie.koffi@example.com");
        json.WriteString("first_name", "Marie");
        json.WriteString("last_name", "Koffi");
        json.WriteString("phone", "+" + payout.Recipient);
        json.WriteEndObject();
        json.WriteString("environment", "sandbox");
        json.WriteString("updated_at", Time(claim.At));
        if (verified)
        {
            json.WriteString("aggregator_status", Word(payout, claim));
        }

        json.WriteEndObject();
        json.WriteNull("errors");
        json.WriteEndObject();
    }

    private static void WriteHead(Utf8JsonWriter json, SimPayout payout, Claim claim, string shownId)
    {
        json.WriteString("id", shownId);
        json.WriteString("type", "payout");
        json.WriteString("status", Word(payout, claim));
        json.WriteNumber("amount", payout.Amount);
        json.WriteNumber("amount_charged", payout.Amount);
        json.WriteString("currency", payout.Currency);
    }

    private static void WriteMarket(Utf8JsonWriter json, SimPayout payout)
    {
        var country = Market.Of(payout.Currency).Alpha2;
        json.WriteString("operator", $"mtn_{country.ToLowerInvariant()}");
        json.WriteString("country", country);
    }

    private static void WriteTail(Utf8JsonWriter json, SimPayout payout, Claim claim)
    {
        var final = claim.Standing.IsFinal() && claim.Word is null;
        json.WriteString("failure_reason", final && claim.Standing == Standing.Failed ? payout.FailureCode : null);
        json.WriteStartObject("metadata");
        json.WriteString("reference", payout.Reference);
        json.WriteEndObject();
        json.WriteString("processed_at", final ? Time(claim.At) : null);
        json.WriteString("created_at", Time(payout.StartedAt));
    }

    // The line drawn in the documentation is initiated → pending → an end; "processing" stands in its list of words.
    private static string Word(SimPayout payout, Claim claim) => claim.Word ?? claim.Standing switch
    {
        Standing.Pending => payout.Number % 2 == 0 ? "initiated" : "pending",
        Standing.Processing => "processing",
        Standing.Succeeded => "success",
        Standing.Failed or Standing.Rejected or Standing.Expired => "failed",
        Standing.Cancelled => "cancelled",
    };

    private static string EventName(Claim claim) => claim.Standing switch
    {
        Standing.Pending or Standing.Processing => "payout.initialized",
        Standing.Succeeded => "payout.successful",
        Standing.Failed or Standing.Rejected or Standing.Expired => "payout.failed",
        Standing.Cancelled => "payout.cancelled",
    };

    private static string PersonId(SimPayout payout)
    {
        var draws = new Draws(payout.Seed ^ 1);
        return draws.Uuid();
    }

    private static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss'+00:00'", CultureInfo.InvariantCulture);
}
