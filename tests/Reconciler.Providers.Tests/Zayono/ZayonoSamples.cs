using System.Collections.Immutable;
using Reconciler.Core;

namespace Reconciler.Providers.Tests;

public sealed class ZayonoSamples : HmacSamples
{
    public override Provider Provider => Provider.Zayono;

    public override ImmutableDictionary<string, Secret> Credentials { get; } =
        ImmutableDictionary<string, Secret>.Empty.Add("apiKey", new Secret("zyn_test_made_up"));

    public override string PayoutId => "b2c3d4e5-f6a7-8901-bcde-f23456789012";

    public override string OtherPayoutId => "b2c3d4e5-f6a7-8901-bcde-f23456789013";

    public override string SuccessWord => "success";

    public override ImmutableArray<(string Word, ObservedStatus Status)> AnswerWords =>
    [
        ("initiated", ObservedStatus.Pending), ("pending", ObservedStatus.Pending), ("processing", ObservedStatus.Processing),
        ("success", ObservedStatus.Succeeded), ("successful", ObservedStatus.Succeeded),
        ("failed", ObservedStatus.Failed), ("cancelled", ObservedStatus.Cancelled),
    ];

    public override ImmutableArray<(string Word, ObservedStatus Status)> WebhookWords => AnswerWords;

    public override string Answer(Sample sample) =>
        $$"""
        {"message":"Payout details retrieved.","data":{"id":"{{sample.Id}}","type":"payout","status":"{{sample.Word}}","amount":{{sample.AmountJson}},
         "amount_charged":25250,"currency":"{{sample.Currency}}","operator":"mtn_bj","country":"BJ","failure_reason":null,
         "recipient":{"id":"r","email":"made.up@example.com","phone":"+22990123456"},"environment":"sandbox","processed_at":null,
         "created_at":"2026-11-21T09:00:00+00:00","updated_at":"2026-11-21T09:30:00+00:00"},"errors":null}
        """;

    public override string Webhook(Sample sample) =>
        $$"""
        {"event":"payout.initialized","data":{"id":"{{sample.Id}}","type":"payout","status":"{{sample.Word}}","amount":{{sample.AmountJson}},
         "amount_charged":25250,"fee_percent":1,"currency":"{{sample.Currency}}","operator":"mtn_bj","country":"BJ","aggregator_code":"x",
         "environment":"sandbox","customer":{"id":"c","email":"made.up@example.com","phone":"+22990123456"},"metadata":{},"failure_reason":null,
         "processed_at":null,"created_at":"2026-11-21T09:00:00+00:00"},"sent_at":"2026-11-21T09:31:00+00:00"}
        """;

    public override ServedAnswer UnknownId => ServedAnswer.Json("""{"message":"Payout not found.","data":null,"errors":null}""", 404);

    public override string SignatureHeader => "X-Zayono-Signature";

    public override string? TimestampHeader => null;

    public override string Prefix => "sha256=";

    internal override Reading ReadAnswer(ReadOnlyMemory<byte> body) => ZayonoTranslation.Status(body);
}
