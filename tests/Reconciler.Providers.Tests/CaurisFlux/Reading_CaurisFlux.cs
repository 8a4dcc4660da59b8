using Reconciler.Core;

namespace Reconciler.Providers.Tests;

public sealed class Reading_CaurisFlux : ReadingContract<CaurisFluxSamples>
{
    [Fact]
    public void The_documented_pending_answer() =>
        Observed(ReadAnswer(Fixture("caurisflux/status-pending.json"))).ShouldBe(new Statement(
            "POMLWYG1W59FDCEA", ObservedStatus.Pending, "pending", Money.Of(50000, "XOF"), "+221771234567", "PAY-2024-001",
            OccurredAt: DateTimeOffset.Parse("2024-01-15T14:00:00Z")));

    [Fact]
    public void The_documented_completed_answer() =>
        Observed(ReadAnswer(Fixture("caurisflux/status-completed.json"))).ShouldBe(new Statement(
            "POMLWYG1W59FDCEA", ObservedStatus.Succeeded, "completed", Money.Of(50000, "XOF"), "+221771234567", "PAY-2024-001", "WAVE-PAY-123456",
            OccurredAt: DateTimeOffset.Parse("2024-01-15T14:02:00Z")));

    [Fact]
    public void The_documented_failed_answer() =>
        Observed(ReadAnswer(Fixture("caurisflux/status-failed.json"))).ShouldBe(new Statement(
            "POMLWYG1W59FDCEA", ObservedStatus.Failed, "failed", Money.Of(100000, "XOF"), "+221770000000", "PAY-2024-003", null,
            new Failure(FailureCode.RecipientInvalid, "invalid_recipient", "Le numéro de téléphone n'est pas associé à un compte Wave actif"),
            DateTimeOffset.Parse("2024-01-15T14:05:00Z")));

    [Theory]
    [InlineData("invalid_recipient", FailureCode.RecipientInvalid)]
    [InlineData("ACCOUNT_BLOCKED", FailureCode.RecipientBlocked)]
    [InlineData("insufficient_balance", FailureCode.MerchantFunds)]
    [InlineData("limit_exceeded", FailureCode.RecipientLimit)]
    [InlineData("provider_error", FailureCode.ProviderFault)]
    [InlineData("solar_flare", FailureCode.Other)]
    public void A_failures_code_is_ours_and_theirs_is_kept(string theirs, FailureCode ours)
    {
        var body = Samples.Answer(Samples.Success with { Word = "failed" }).Replace("\"errorCode\":null", $"\"errorCode\":\"{theirs}\"");
        Observed(ReadAnswer(body)).Failure.ShouldBe(new Failure(ours, theirs, null));
    }

    [Theory]
    [InlineData("payment.success", ObservedStatus.Succeeded)]
    [InlineData("payout.completed", ObservedStatus.Succeeded)]
    [InlineData("payout.failed", ObservedStatus.Failed)]
    [InlineData("payout.cancelled", ObservedStatus.Cancelled)]
    [InlineData("PAYOUT.EXPIRED", ObservedStatus.Expired)]
    public void An_event_without_a_status_speaks_by_its_name(string name, ObservedStatus status)
    {
        var said = Observed(Read(
            $$"""
            {"event":"{{name}}","timestamp":"2026-11-21T10:00:00+01:00",
             "data":{"transactionId":"T1","amount":"500","currency":"XOF","failureReason":"account_blocked","failureMessage":"why"} }
            """));
        said.ShouldBe(new Statement(
            "T1", status, name, Money.Of(500, "XOF"),
            Failure: status == ObservedStatus.Succeeded ? null : new Failure(FailureCode.RecipientBlocked, "account_blocked", "why"),
            OccurredAt: DateTimeOffset.Parse("2026-11-21T09:00:00Z")));
    }

    [Fact]
    public void An_event_and_a_status_that_contradict_each_other_claim_nothing()
    {
        var said = Observed(Read("""{"event":"payout.failed","data":{"transactionId":"T1","status":"success"}}"""));
        (said.Status, said.Word).ShouldBe((ObservedStatus.Unrecognised, "payout.failed success"));
    }

    [Fact]
    public void A_payments_message_is_ignored() =>
        Read("""{"event":"payment.success","data":{"transactionId":"T1","type":"payment","status":"success"}}""")
            .ShouldBe(new Reading.Ignored(IgnoredReason.NotAPayout));

    [Theory]
    [InlineData("""{"event":"webhook.test","data":{"hello":"world"}}""")]
    [InlineData("""{"event":"ping"}""")]
    public void A_trial_is_ignored(string body) => Read(body).ShouldBe(new Reading.Ignored(IgnoredReason.Trial));

    [Fact]
    public void An_event_without_an_outcome_is_unreadable() =>
        Unreadable(Read("""{"event":"payout.created","data":{"transactionId":"T1"}}""")).ShouldBe(UnreadableReason.NoStatus);
}
