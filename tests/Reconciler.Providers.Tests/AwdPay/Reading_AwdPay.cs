using Reconciler.Core;

namespace Reconciler.Providers.Tests;

public sealed class Reading_AwdPay : ReadingContract<AwdPaySamples>
{
    [Fact]
    public void The_documented_successful_answer() =>
        Observed(ReadAnswer(Fixture("awdpay/status-success.json"))).ShouldBe(new Statement(
            "WTD1704067200000ABC123", ObservedStatus.Succeeded, "success", Money.Of(5000, "XOF"), "+221770123456", null, "WAVE_TXN_987654",
            OccurredAt: DateTimeOffset.Parse("2025-01-15T10:30:45Z")));

    [Fact]
    public void The_documented_failed_webhook()
    {
        var said = Observed(Read(
            """
            {"event":"withdrawal.failed","timestamp":"2026-11-21T10:00:00Z","data":{"reference":"WTD1","status":"failed","amount":5000,"currency":"XOF",
             "beneficiaryName":"Made Up","beneficiaryPhone":"+221770123456","gatewayName":"wave-senegal","createdAt":"2026-11-21T09:00:00Z",
             "processedAt":"2026-11-21T11:59:59+02:00","externalReference":null,"metadata":{},"failureReason":"WALLET_CLOSED","failureMessage":"Compte fermé"} }
            """));
        said.ShouldBe(new Statement(
            "WTD1", ObservedStatus.Failed, "failed", Money.Of(5000, "XOF"), "+221770123456",
            Failure: new Failure(FailureCode.Other, "WALLET_CLOSED", "Compte fermé"),
            OccurredAt: DateTimeOffset.Parse("2026-11-21T09:59:59Z")));
    }

    [Theory]
    [InlineData("\"2026-11-21T10:00:00Z\"", "2026-11-21T10:00:00Z")]
    [InlineData("1795255200", "2026-11-21T10:00:00Z")]
    [InlineData("\"1795255200000\"", "2026-11-21T10:00:00Z")]
    [InlineData("\"9999-12-31T23:59:59Z\"", "9999-12-31T23:59:59Z")]
    [InlineData("\"0001-01-01T00:00:00Z\"", "0001-01-01T00:00:00Z")]
    [InlineData("\"0001-01-01T00:00:00+14:00\"", null)]
    [InlineData("\"9999-12-31T23:59:59-14:00\"", null)]
    [InlineData("\"10:30\"", null)]
    [InlineData("\"21/11/2026\"", null)]
    [InlineData("\"2026-13-45T99:99:99Z\"", null)]
    [InlineData("\"\"", null)]
    [InlineData("-1", null)]
    [InlineData("1e400", null)]
    [InlineData("{}", null)]
    public void The_events_time_is_taken_where_the_data_has_no_better_and_nonsense_is_none(string token, string? instant)
    {
        var said = Observed(Read($$"""{"event":"withdrawal.pending","timestamp":{{token}},"data":{"reference":"WTD1","status":"pending","processedAt":null} }"""));
        said.OccurredAt.ShouldBe(instant is null ? null : DateTimeOffset.Parse(instant));
    }

    [Fact]
    public void An_expiry_happened_when_it_expired() =>
        Observed(ReadAnswer(Samples.Answer(Samples.Success with { Word = "expired" }))).OccurredAt.ShouldBe(DateTimeOffset.Parse("2026-11-21T10:30:00Z"));

    [Theory]
    [InlineData("pending", "2026-11-21T09:30:00Z")]
    [InlineData("failed", null)]
    [InlineData("success", null)]
    public void Only_the_first_word_is_dated_by_the_creation(string word, string? instant) =>
        Observed(ReadAnswer(Samples.Answer(Samples.Success with { Word = word }))).OccurredAt
            .ShouldBe(instant is null ? null : DateTimeOffset.Parse(instant));

    [Theory]
    [InlineData("deposit.success")]
    [InlineData("payment.failed")]
    public void An_event_of_something_else_is_ignored(string name) =>
        Read($$"""{"event":"{{name}}","data":{"reference":"X","status":"success"} }""").ShouldBe(new Reading.Ignored(IgnoredReason.NotAPayout));

    [Fact]
    public void A_trial_is_ignored() => Read("""{"event":"test","data":{}}""").ShouldBe(new Reading.Ignored(IgnoredReason.Trial));

    [Fact]
    public void An_event_and_a_status_that_contradict_each_other_claim_nothing() =>
        Observed(Read("""{"event":"withdrawal.success","data":{"reference":"WTD1","status":"failed"}}""")).Status.ShouldBe(ObservedStatus.Unrecognised);
}
