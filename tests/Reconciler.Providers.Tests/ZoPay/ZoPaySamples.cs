using System.Collections.Immutable;
using Reconciler.Core;

namespace Reconciler.Providers.Tests;

public sealed class ZoPaySamples : HmacSamples
{
    public override Provider Provider => Provider.Zopay;

    public override ImmutableDictionary<string, Secret> Credentials { get; } = ImmutableDictionary<string, Secret>.Empty
        .Add("apiKey", new Secret("zo_pub_made_up"))
        .Add("secretKey", new Secret("zo_sec_made_up"))
        .Add("origin", new Secret("https://merchant.example.com"));

    public override string PayoutId => "5a0e5ad0-1e2b-4f54-8c0f-9b7c3f1f2a10";

    public override string OtherPayoutId => "5a0e5ad0-1e2b-4f54-8c0f-9b7c3f1f2a11";

    public override string SuccessWord => "SUCCESS";

    public override ImmutableArray<(string Word, ObservedStatus Status)> AnswerWords =>
    [
        ("PENDING", ObservedStatus.Pending), ("PROCESSING", ObservedStatus.Processing), ("VERIFYING", ObservedStatus.Processing),
        ("SUCCESS", ObservedStatus.Succeeded), ("FAILED", ObservedStatus.Failed), ("CANCELLED", ObservedStatus.Cancelled),
    ];

    public override ImmutableArray<(string Word, ObservedStatus Status)> WebhookWords => [("SUCCESS", ObservedStatus.Succeeded), ("FAILED", ObservedStatus.Failed)];

    public override string AmountJson(string digits) => $"\"{digits}\"";

    public override string Answer(Sample sample) =>
        $$$"""
        {"payout":{"id":"{{{sample.Id}}}","merchantId":"m-1","gateway":"MTN_MOMO","amount":{{{sample.AmountJson}}},"currency":"{{{sample.Currency}}}",
         "status":"{{{sample.Word}}}","recipient":{"msisdn":"+237612345678"},"gatewayReference":"MTN_REF_1","gatewayFee":"50.00","platformFee":"100.00",
         "totalAmount":"5150.00","createdAt":"2026-11-21T09:00:00.000Z","completedAt":null,"error":null}}
        """;

    public override string Webhook(Sample sample)
    {
        var name = sample.Word.Equals("FAILED", StringComparison.OrdinalIgnoreCase) ? "payout.failed" : "payout.completed";
        return $$$"""
            {"event":"{{{name}}}","data":{"payout_id":"{{{sample.Id}}}","merchant_id":"m-1","amount":{{{sample.AmountJson}}},"currency":"{{{sample.Currency}}}",
             "gateway":"MTN_MOMO","recipient_msisdn":"237612345678","status":"{{{sample.Word}}}","fees":"150","total_deducted":"5150",
             "created_at":"2026-11-21T09:00:00.000Z","failure_reason":null},"timestamp":"2026-11-21T09:59:59.000Z"}
            """;
    }

    public override ServedAnswer UnknownId => ServedAnswer.Json("""{"error":"Not Found","message":"Payout not found","code":"NOT_FOUND"}""", 404);

    public override string SignatureHeader => "X-Zo-Signature";

    public override string? TimestampHeader => "X-Zo-Timestamp";

    public override string Timestamp(DateTimeOffset sentAt) => $"{sentAt.ToUnixTimeMilliseconds()}";

    internal override Reading ReadAnswer(ReadOnlyMemory<byte> body) => ZoPayTranslation.Answer(body);
}
