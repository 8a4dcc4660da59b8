using Reconciler.Core;

namespace Reconciler.Providers.Tests;

public sealed class Reading_Zayono : ReadingContract<ZayonoSamples>
{
    [Fact]
    public void The_documented_successful_answer() =>
        Observed(ReadAnswer(Fixture("zayono/status-success.json"))).ShouldBe(new Statement(
            "b2c3d4e5-f6a7-8901-bcde-f23456789012", ObservedStatus.Succeeded, "success", Money.Of(25000, "XOF"), "+22990123456",
            OccurredAt: DateTimeOffset.Parse("2025-05-15T14:01:00Z")));

    [Fact]
    public void The_event_says_successful_where_the_status_says_success()
    {
        var body = Samples.Webhook(Samples.Success).Replace("payout.initialized", "payout.successful");
        Observed(Read(body)).ShouldBe(new Statement(
            Samples.PayoutId, ObservedStatus.Succeeded, "success", Money.Of(5000, "XOF"), "+22990123456",
            OccurredAt: DateTimeOffset.Parse("2026-11-21T09:31:00Z")));
    }

    [Fact]
    public void An_event_and_a_status_that_contradict_each_other_claim_nothing()
    {
        var body = Samples.Webhook(Samples.Success with { Word = "failed" }).Replace("payout.initialized", "payout.successful");
        var said = Observed(Read(body));
        (said.Status, said.Word).ShouldBe((ObservedStatus.Unrecognised, "payout.successful failed"));
    }

    [Theory]
    [InlineData("Invalid recipient number", FailureCode.RecipientInvalid)]
    [InlineData("RECIPIENT ACCOUNT INACTIVE", FailureCode.RecipientBlocked)]
    [InlineData("Insufficient funds", FailureCode.MerchantFunds)]
    [InlineData("Insufficient funds on aggregator wallet", FailureCode.MerchantFunds)]
    [InlineData("Amount limit exceeded", FailureCode.RecipientLimit)]
    [InlineData("Operator unavailable", FailureCode.ProviderFault)]
    [InlineData("Insufficient funds somewhere else", FailureCode.Other)]
    public void A_failures_text_is_mapped_and_kept(string text, FailureCode code)
    {
        foreach (var reading in new[]
                 {
                     Read(Failing(Samples.Webhook(Samples.Success with { Word = "failed" }), text)),
                     ReadAnswer(Failing(Samples.Answer(Samples.Success with { Word = "failed" }), text)),
                 })
            Observed(reading).Failure.ShouldBe(new Failure(code, text, null));
    }

    [Fact]
    public void Another_type_is_ignored() =>
        Read(Samples.Webhook(Samples.Success).Replace("\"type\":\"payout\"", "\"type\":\"payment\"")).ShouldBe(new Reading.Ignored(IgnoredReason.NotAPayout));

    [Theory]
    [InlineData("payment.successful")]
    [InlineData("refund.failed")]
    public void Another_event_is_ignored(string name) =>
        Read(Samples.Webhook(Samples.Success).Replace("payout.initialized", name)).ShouldBe(new Reading.Ignored(IgnoredReason.NotAPayout));

    [Fact]
    public void A_trial_is_ignored() => Read("""{"event":"webhook.test","data":null}""").ShouldBe(new Reading.Ignored(IgnoredReason.Trial));

    private static string Failing(string body, string reason) => body.Replace("\"failure_reason\":null", $"\"failure_reason\":\"{reason}\"");
}
