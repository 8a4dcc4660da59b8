using System.Collections.Immutable;
using Reconciler.Core;

namespace Reconciler.Providers.Tests;

public sealed class AwdPaySamples : HmacSamples
{
    public const string Token = "eyJhbGciOi.made-up.token";

    public override Provider Provider => Provider.Awdpay;

    public override ImmutableDictionary<string, Secret> Credentials { get; } = ImmutableDictionary<string, Secret>.Empty
        .Add("apiKey", new Secret("awd_key_made_up"))
        .Add("secretKey", new Secret("awd_secret_made_up"));

    public override string PayoutId => "WTD1704067200000ABC123";

    public override string OtherPayoutId => "WTD1704067200000ABC124";

    public override string SuccessWord => "success";

    public override ImmutableArray<(string Word, ObservedStatus Status)> AnswerWords =>
    [
        ("pending", ObservedStatus.Pending), ("processing", ObservedStatus.Processing), ("success", ObservedStatus.Succeeded),
        ("failed", ObservedStatus.Failed), ("cancelled", ObservedStatus.Cancelled), ("expired", ObservedStatus.Expired),
    ];

    public override ImmutableArray<(string Word, ObservedStatus Status)> WebhookWords => AnswerWords;

    public override string Answer(Sample sample) =>
        $$"""
        {"reference":"{{sample.Id}}","status":"{{sample.Word}}","amount":{{sample.AmountJson}},"currency":"{{sample.Currency}}",
         "beneficiaryName":"Made Up","beneficiaryPhone":"+221770123456","country":"SN","gatewayName":"wave-senegal",
         "createdAt":"2026-11-21T09:30:00Z","processedAt":null,"expiresAt":"2026-11-21T10:30:00Z","failureReason":null}
        """;

    public override string Webhook(Sample sample) => $$"""{"event":"withdrawal.pending","timestamp":"2026-11-21T09:59:58Z","data":{{Answer(sample)}}}""";

    public override ServedAnswer UnknownId => ServedAnswer.Json("""{"message":"Withdraw not found"}""", 404);

    public override ServedAnswer? Aside(ServedRequest request) => request.Target == "/api/auth/token" ? Granting(Token) : null;

    public static ServedAnswer Granting(string token, string expiresIn = "900") =>
        ServedAnswer.Json($$"""{"token":"{{token}}","tokenType":"Bearer","expiresIn":{{expiresIn}},"issuedAt":"2026-11-21T10:00:00Z"}""");

    public override string SignatureHeader => "X-AWDPay-Signature";

    public override string? TimestampHeader => "X-AWDPay-Timestamp";

    internal override Reading ReadAnswer(ReadOnlyMemory<byte> body) => AwdPayTranslation.Status(body);
}
