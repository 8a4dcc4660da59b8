using System.Collections.Immutable;
using System.Text;
using Reconciler.Core;

namespace Reconciler.Providers.Tests;

/// <summary>What both versions of pawaPay's API have in common.</summary>
public abstract class PawaPaySamples : ProviderSamples
{
    private static readonly SigningKey Key = SigningKey.P256();

    private static readonly SigningKey Forger = SigningKey.P256();

    private static readonly SigningKey Other = SigningKey.P384();

    public override Provider Provider => Provider.Pawapay;

    public override ImmutableDictionary<string, Secret> Credentials { get; } =
        ImmutableDictionary<string, Secret>.Empty.Add("token", new Secret("made-up-pawapay-token"));

    public override string PayoutId => "f4401bd2-1568-4140-bf2d-eb77d2b2b639";

    public override string OtherPayoutId => "0c0b3c2e-8e0f-4f4e-9a39-3f9f1d6f7d11";

    public override string SuccessWord => "COMPLETED";

    public override ImmutableArray<(string Word, ObservedStatus Status)> AnswerWords =>
    [
        ("ACCEPTED", ObservedStatus.Pending), ("ENQUEUED", ObservedStatus.Pending),
        ("SUBMITTED", ObservedStatus.Processing), ("PROCESSING", ObservedStatus.Processing), ("IN_RECONCILIATION", ObservedStatus.Processing),
        ("COMPLETED", ObservedStatus.Succeeded), ("FAILED", ObservedStatus.Failed), ("REJECTED", ObservedStatus.Failed),
    ];

    public override ImmutableArray<(string Word, ObservedStatus Status)> WebhookWords =>
        [("COMPLETED", ObservedStatus.Succeeded), ("FAILED", ObservedStatus.Failed)];

    public override string AmountJson(string digits) => $"\"{digits}\"";

    public override string SignedBy => Key.Id;

    public override string SignatureHeader => "Signature";

    public override ImmutableArray<string> NeededHeaders => ["Signature", "Signature-Input", "Content-Digest"];

    public override WebhookSettings Webhooks(WebhookSettings defaults) => defaults with { Keys = [Other.Public, Key.Public] };

    public override Delivery Sign(byte[] body, DateTimeOffset sentAt, DateTimeOffset receivedAt, bool forged = false) =>
        new SignedCallback(forged ? Forger : Key, sentAt) { Body = Encoding.UTF8.GetString(body) }.Deliver(receivedAt - sentAt);

    internal override Reading ReadAnswer(ReadOnlyMemory<byte> body) => PawaPayTranslation.Answer(body, PayoutId);
}

public sealed class PawaPayV1Samples : PawaPaySamples
{
    public override ImmutableDictionary<string, string> Options(ImmutableDictionary<string, string> defaults) => defaults.SetItem("apiVersion", "v1");

    public override ServedAnswer UnknownId => ServedAnswer.Json("[]");

    public override string Answer(Sample sample) => $"[{Webhook(sample)}]";

    public override string Webhook(Sample sample) =>
        $$$"""
        {"payoutId":"{{{sample.Id}}}","status":"{{{sample.Word}}}","amount":{{{sample.AmountJson}}},"currency":"{{{sample.Currency}}}","country":"SEN",
         "correspondent":"ORANGE_SEN","recipient":{"type":"MSISDN","address":{"value":"221771234567"}},"customerTimestamp":"2026-11-21T09:00:00Z",
         "statementDescription":"Salary November","created":"2026-11-21T09:00:01Z","correspondentIds":{"ORANGE_INIT":"A1","ORANGE_FINAL":"A2"}}
        """;
}

public sealed class PawaPayV2Samples : PawaPaySamples
{
    public override ServedAnswer UnknownId => ServedAnswer.Json("""{"status":"NOT_FOUND"}""");

    public override string Answer(Sample sample) => $$"""{"status":"FOUND","data":{{Webhook(sample)}}}""";

    public override string Webhook(Sample sample) =>
        $$$"""
        {"payoutId":"{{{sample.Id}}}","status":"{{{sample.Word}}}","amount":{{{sample.AmountJson}}},"currency":"{{{sample.Currency}}}","country":"SEN",
         "recipient":{"type":"MMO","accountDetails":{"phoneNumber":"221771234567","provider":"ORANGE_SEN"}},"clientReferenceId":"PAY-1",
         "customerMessage":"Salary","created":"2026-11-21T09:00:01Z","providerTransactionId":"A2","metadata":{"a":"b"}}
        """;
}
