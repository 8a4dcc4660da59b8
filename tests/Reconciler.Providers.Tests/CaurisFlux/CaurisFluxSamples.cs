using System.Collections.Immutable;
using Reconciler.Core;

namespace Reconciler.Providers.Tests;

public sealed class CaurisFluxSamples : HmacSamples
{
    public override Provider Provider => Provider.Caurisflux;

    public override ImmutableDictionary<string, Secret> Credentials { get; } = ImmutableDictionary<string, Secret>.Empty
        .Add("publicKey", new Secret("pk_test_made_up"))
        .Add("secretKey", new Secret("sk_test_made_up"));

    public override string PayoutId => "POMLWYG1W59FDCEA";

    public override string OtherPayoutId => "POMLWYG1W59FDCEB";

    public override string SuccessWord => "completed";

    public override ImmutableArray<(string Word, ObservedStatus Status)> AnswerWords =>
    [
        ("pending", ObservedStatus.Pending), ("processing", ObservedStatus.Processing),
        ("completed", ObservedStatus.Succeeded), ("success", ObservedStatus.Succeeded), ("paid", ObservedStatus.Succeeded),
        ("failed", ObservedStatus.Failed),
        ("cancelled", ObservedStatus.Cancelled), ("canceled", ObservedStatus.Cancelled), ("expired", ObservedStatus.Expired),
    ];

    public override ImmutableArray<(string Word, ObservedStatus Status)> WebhookWords => AnswerWords;

    public override string Answer(Sample sample) =>
        $$"""
        {"transactionId":"{{sample.Id}}","externalReference":"PAY-1","type":"payout","status":"{{sample.Word}}","amount":{{sample.AmountJson}},
         "currency":"{{sample.Currency}}","recipientPhone":"+221771234567","errorCode":null,"errorMessage":null,"completedAt":null,
         "createdAt":"2026-11-21T09:00:00.000Z","updatedAt":"2026-11-21T09:59:00.000Z","metadata":null}
        """;

    public override string Webhook(Sample sample) => $$"""{"event":"payout.updated","data":{{Answer(sample)}}}""";

    public override ServedAnswer UnknownId => ServedAnswer.Json("""{"statusCode":404,"message":["Transaction not found"],"error":"Not Found"}""", 404);

    public override string SignatureHeader => "X-Webhook-Signature";

    public override string? TimestampHeader => "X-Webhook-Timestamp";

    internal override Reading ReadAnswer(ReadOnlyMemory<byte> body) => CaurisFluxTranslation.Status(body);
}
