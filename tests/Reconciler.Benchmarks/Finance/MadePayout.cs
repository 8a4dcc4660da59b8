using System.Globalization;
using System.Text;
using Reconciler.Appending;
using Reconciler.Core;
using Reconciler.Ledger;

namespace Reconciler.Benchmarks.Finance;

/// <summary>One payout's whole life, by the rules of the service itself: its events, what the feed tells, and the bytes of its evidence.</summary>
internal sealed class MadePayout
{
    private static readonly (string Key, Provider Provider, string Currency)[] Connections =
    [
        ("zopay-live", Provider.Zopay, "XOF"), ("pawapay-live", Provider.Pawapay, "ZMW"), ("awdpay-live", Provider.Awdpay, "XOF"),
        ("caurisflux-live", Provider.Caurisflux, "XAF"), (Webhook.Connection, Provider.Zayono, "XOF"),
    ];

    private MadePayout(int number)
    {
        var (key, provider, currency) = Connections[number % Connections.Length];
        (Provider, Currency) = (provider, currency);
        // Those of the benchmark's own connection are named as its webhooks name them.
        Id = PayoutId.Parse($"{key}/{(key == Webhook.Connection ? Webhook.PayoutId(number / Connections.Length) : string.Create(CultureInfo.InvariantCulture, $"po-{number:x8}"))}");
    }

    internal PayoutId Id { get; }

    internal Provider Provider { get; }

    internal Payout State { get; private set; } = null!;

    internal List<(Guid Id, PayoutEvent Event, DateTimeOffset At)> Events { get; } = [];

    internal List<(ChangeBody Body, DateTimeOffset At)> Changes { get; } = [];

    internal List<(EvidenceDigest Digest, byte[] Body, EvidenceKind Kind, DateTimeOffset At)> Kept { get; } = [];

    private string Currency { get; }

    internal static MadePayout Of(int number, DateTimeOffset at, Random random, bool waits)
    {
        var made = new MadePayout(number);
        var money = Money.Of(random.Next(5, 5_000) * 100, made.Currency);
        var phone = string.Create(CultureInfo.InvariantCulture, $"+22177{random.Next(10_000_000):D7}");
        var recipient = RecipientMask.Mask(phone, "benchmark"u8);
        var expected = new Expectation(string.Create(CultureInfo.InvariantCulture, $"order-{number:D8}"), money, recipient, null, null);
        made.Add(new PayoutExpected(made.Id, at, expected), at);
        if (waits) return made;

        var (chance, heardAt) = (random.Next(1_000), at.AddSeconds(20 + random.Next(600)));
        if (chance < 100) made.Hear(ObservedStatus.Processing, heardAt.AddSeconds(-15), money, recipient);
        var status = chance % 100 < 90 ? ObservedStatus.Succeeded : chance % 100 < 98 ? ObservedStatus.Failed : chance % 2 == 0 ? ObservedStatus.Expired : ObservedStatus.Cancelled;
        made.Hear(status, heardAt, money, recipient);
        // The provider's answer differs from its webhook: a case.
        if (chance >= 997) made.Answer(ObservedStatus.Failed, heardAt.AddMinutes(2), money, recipient);
        return made;
    }

    private void Hear(ObservedStatus status, DateTimeOffset at, Money money, Recipient recipient)
    {
        var digest = Keep(EvidenceKind.Delivery, status, at);
        Add(new WebhookReceived(Id, at, digest, Said(status, money, recipient, at), Verified: true, "bench", null, VerifyFinal.Contested), at);
    }

    private void Answer(ObservedStatus status, DateTimeOffset at, Money money, Recipient recipient)
    {
        var digest = Keep(EvidenceKind.Answer, status, at);
        Add(new PollAnswered(Id, at, digest, 200, Said(status, money, recipient, at), null, PastGrace: false), at);
    }

    private Observation Said(ObservedStatus status, Money money, Recipient recipient, DateTimeOffset at) => new(
        status, status.Word(), money, recipient, null, $"MM-{Id.ProviderPayoutId}",
        status == ObservedStatus.Failed ? Failure.Of(FailureCode.RecipientInvalid, "R1", "No such number") : null, at.AddSeconds(-2));

    private EvidenceDigest Keep(EvidenceKind kind, ObservedStatus status, DateTimeOffset at)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"id":"{{Id.ProviderPayoutId}}","status":"{{status.Word()}}","kind":"{{kind}}","at":"{{InstantConverter.Text(at)}}"}""");
        var digest = EvidenceDigest.Of(body);
        Kept.Add((digest, body, kind, at));
        return digest;
    }

    private void Add(PayoutEvent happened, DateTimeOffset at)
    {
        var recordedAt = at.AddMilliseconds(4).ToMicrosecond();
        var decided = Decisions.On(State, happened);
        State = decided.Payout;
        var columns = PayoutColumns.Of(State);
        var amount = columns is { Amount: { } value, Currency: { } code } ? ChangeRows.Shown(value, code) : null;
        foreach (var next in decided.Events)
        {
            var id = Guid.CreateVersion7(at);
            Events.Add((id, next, recordedAt));
            if (ChangeBody.Of(id, next, State, amount, recordedAt) is { } change) Changes.Add((change, recordedAt));
        }
    }
}
