using System.Text;
using Reconciler.Appending;
using Reconciler.Core;

namespace Reconciler.Tests.Appending;

/// <summary>What providers and the payout service say in these tests, ready to be appended.</summary>
internal static class Words
{
    public static readonly ConnectionKey Connection = ConnectionKey.Parse("zopay-test");

    public static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static readonly PollingPolicy Policy = PollingPolicy.Default;

    public static PayoutId Payout(string name) => PayoutId.Parse($"{Connection}/{name}");

    public static Announce Announced(string payout) => new(
        new PayoutExpected(Payout(payout), Noon, new Expectation($"ref-{payout}", Money.Of(5000, "XOF"), null, null, null)), Provider.Zopay, Policy);

    /// <param name="variant">Different variants are different bodies.</param>
    public static KeepDelivery Heard(
        string payout, ObservedStatus status, string variant = "", int secondsPastNoon = 0, decimal amount = 5000, string? deliveryId = null)
    {
        var body = Body($"webhook {payout} {status} {variant} {amount}");
        var observation = Said(status, amount);
        var at = Noon.AddSeconds(secondsPastNoon);
        var received = new WebhookReceived(
            Payout(payout), at, EvidenceDigest.Of(body), observation, Verified: true, "2026-11", deliveryId, VerifyFinal.Contested);
        return new KeepDelivery(Kept(EvidenceKind.Delivery, body, received.Payout.StreamId, at) with { DeliveryId = deliveryId }, received, Policy);
    }

    /// <summary>An unverified delivery.</summary>
    public static KeepDelivery Nudged(string payout, string variant = "", int secondsPastNoon = 0)
    {
        var body = Body($"nudge {payout} {variant}");
        var at = Noon.AddSeconds(secondsPastNoon);
        var received = new WebhookReceived(
            Payout(payout), at, EvidenceDigest.Of(body), Said(ObservedStatus.Succeeded, 5000), Verified: false, null, null, VerifyFinal.Contested);
        return new KeepDelivery(Kept(EvidenceKind.Nudge, body, received.Payout.StreamId, at) with { VerifiedBy = null }, received, Policy);
    }

    public static KeepAnswer Answered(string payout, ObservedStatus status, string variant = "", int secondsPastNoon = 0, decimal amount = 5000)
    {
        var body = Body($"answer {payout} {status} {variant} {amount}");
        var at = Noon.AddSeconds(secondsPastNoon);
        var answered = new PollAnswered(Payout(payout), at, EvidenceDigest.Of(body), 200, Said(status, amount), null, PastGrace: false);
        return new KeepAnswer(Kept(EvidenceKind.Answer, body, answered.Payout.StreamId, at) with { HeadersJson = null, VerifiedBy = null, HttpStatus = 200 }, answered, Policy);
    }

    /// <summary>Verified, and not understood.</summary>
    public static KeepDelivery Unreadable(string text) =>
        new(Kept(EvidenceKind.Delivery, Body(text), null, Noon) with { Unreadable = "unknown_shape" }, null, Policy);

    private static Observation Said(ObservedStatus status, decimal amount) => new(
        status, status.ToString(), Money.Of(amount, "XOF"), RecipientMask.Mask("+221771234567", "key"u8), null, null,
        status == ObservedStatus.Failed ? Failure.Of(FailureCode.Other, "E1", "no") : null, Noon);

    private static Evidence Kept(EvidenceKind kind, byte[] body, string? streamId, DateTimeOffset at) => new(
        Connection, Provider.Zopay, EvidenceDigest.Of(body), kind, streamId, body, "application/json", """{"host":"example.com"}"""u8.ToArray(),
        HttpStatus: null, VerifiedBy: "2026-11", DeliveryId: null, Unreadable: null, at);

    private static byte[] Body(string text) => Encoding.UTF8.GetBytes(text);
}
