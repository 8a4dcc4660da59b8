using System.Text;
using Reconciler.Core;

namespace Reconciler.Providers.Tests;

public sealed class Reading_ZoPay : ReadingContract<ZoPaySamples>
{
    [Fact]
    public void The_recorded_answer_is_read() => Answered(Fixture("zopay/status-success.json")).ShouldBe(new Statement(
        "payout-uuid",
        ObservedStatus.Succeeded,
        "SUCCESS",
        Money.Of(5000m, "XAF"),
        "+237612345678",
        ProviderReference: "MTN_REF_123456789",
        OccurredAt: new DateTimeOffset(2024, 1, 15, 10, 1, 0, TimeSpan.Zero)));

    [Fact]
    public void A_webhook_is_read_as_documented() => Heard("""
        {"event":"payout.failed","data":{"payout_id":"p-1","merchant_id":"m","amount":"5000","currency":"XAF","gateway":"ORANGE_MONEY",
          "recipient_msisdn":"237612345678","status":"FAILED","fees":"150","total_deducted":"0","created_at":"2026-11-21T09:58:00Z",
          "failure_reason":"Recipient account not found or inactive"},"timestamp":"2026-11-21T10:00:00Z"}
        """).ShouldBe(new Statement(
            "p-1",
            ObservedStatus.Failed,
            "FAILED",
            Money.Of(5000m, "XAF"),
            "237612345678",
            Failure: new Failure(FailureCode.RecipientBlocked, "Recipient account not found or inactive", null),
            OccurredAt: new DateTimeOffset(2026, 11, 21, 10, 0, 0, TimeSpan.Zero)));

    [Theory]
    [InlineData("PENDING", ObservedStatus.Pending)]
    [InlineData("PROCESSING", ObservedStatus.Processing)]
    [InlineData("VERIFYING", ObservedStatus.Processing)]
    [InlineData("SUCCESS", ObservedStatus.Succeeded)]
    [InlineData("success", ObservedStatus.Succeeded)]
    [InlineData("FAILED", ObservedStatus.Failed)]
    [InlineData("CANCELLED", ObservedStatus.Cancelled)]
    [InlineData("COMPLETED", ObservedStatus.Unrecognised)]
    [InlineData("REFUNDED", ObservedStatus.Unrecognised)]
    public void Each_word_means_what_is_documented(string word, ObservedStatus status)
    {
        var said = Answered($$$"""{"payout":{"id":"p","status":"{{{word}}}"}}""");
        said.Status.ShouldBe(status);
        said.Word.ShouldBe(word);
    }

    [Theory]
    [InlineData("payout.cancelled", "CANCELLED", ObservedStatus.Cancelled, "CANCELLED")]
    [InlineData("payout.completed", "PROCESSING", ObservedStatus.Processing, "PROCESSING")]
    [InlineData("payout.completed", "FAILED", ObservedStatus.Unrecognised, "payout.completed FAILED")]
    [InlineData("payout.failed", "SUCCESS", ObservedStatus.Unrecognised, "payout.failed SUCCESS")]
    public void The_status_counts_and_a_final_event_that_contradicts_it_makes_both_count_for_nothing(string name, string word, ObservedStatus status, string kept)
    {
        var said = Heard($$$"""{"event":"{{{name}}}","data":{"payout_id":"p","status":"{{{word}}}"}}""");
        said.Status.ShouldBe(status);
        said.Word.ShouldBe(kept);
    }

    [Theory]
    [InlineData("Invalid recipient", FailureCode.RecipientInvalid)]
    [InlineData("invalid recipient phone number.", FailureCode.RecipientInvalid)]
    [InlineData("Recipient account not found or inactive", FailureCode.RecipientBlocked)]
    [InlineData("Insufficient funds in your account", FailureCode.MerchantFunds)]
    [InlineData("Gateway service unavailable", FailureCode.ProviderFault)]
    [InlineData("Something new", FailureCode.Other)]
    public void Free_text_becomes_our_code_and_is_kept(string text, FailureCode ours) =>
        Heard($$$"""{"event":"payout.failed","data":{"payout_id":"p","status":"FAILED","failure_reason":"{{{text}}}"}}""").Failure.ShouldBe(new Failure(ours, text, null));

    [Theory]
    [InlineData("""{"code":"E1","message":"Invalid recipient"}""", FailureCode.RecipientInvalid, "E1", "Invalid recipient")]
    [InlineData("""{"code":"Invalid recipient"}""", FailureCode.RecipientInvalid, "Invalid recipient", null)]
    [InlineData("""{"message":"Invalid recipient"}""", FailureCode.RecipientInvalid, "Invalid recipient", null)]
    [InlineData("""{"reason":{"no":7}}""", FailureCode.Other, """{"reason":{"no":7}}""", null)]
    [InlineData("\"Gateway service unavailable\"", FailureCode.ProviderFault, "Gateway service unavailable", null)]
    [InlineData("[1]", FailureCode.Other, "[1]", null)]
    public void An_error_of_any_shape_is_kept(string error, FailureCode ours, string code, string? message) =>
        Answered($$$"""{"payout":{"id":"p","status":"FAILED","error":{{{error}}}}}""").Failure.ShouldBe(new Failure(ours, code, message));

    [Fact]
    public void An_error_beside_a_success_explains_nothing() =>
        Answered("""{"payout":{"id":"p","status":"SUCCESS","error":{"code":"E1"}}}""").Failure.ShouldBeNull();

    [Theory]
    [InlineData("""{"event":"payin.completed","data":{"payout_id":"p","status":"SUCCESS"}}""", IgnoredReason.NotAPayout)]
    [InlineData("""{"event":"webhook.test","data":{}}""", IgnoredReason.Trial)]
    public void What_is_not_about_a_payout_is_ignored(string body, string reason) => Delivered(body).ShouldBe(new Reading.Ignored(reason));

    [Theory]
    [InlineData("""{"event":"payout.completed"}""", "unknown_shape")]
    [InlineData("[]", "unknown_shape")]
    [InlineData("""{"event":"payout.completed","data":{"id":"p","status":"SUCCESS"}}""", "no_payout_id")]
    [InlineData("""{"event":"payout.completed","data":{"payout_id":"p"}}""", "no_status")]
    [InlineData("""{"event":"payout.completed","data":{"payout_id":"p","status":"SUCCESS","amount":"5.5","currency":"XAF"}}""", "amount_unreadable")]
    [InlineData("""{"event":"payout.completed","data":{"payout_id":"p","status":"SUCCESS","status":"FAILED"}}""", "not_json")]
    public void What_cannot_be_read_is_kept_unread(string body, string reason) => Delivered(body).ShouldBe(new Reading.Unreadable(reason));

    private static Statement Answered(string body) =>
        ZoPayTranslation.Answer(Encoding.UTF8.GetBytes(body)).ShouldBeOfType<Reading.Observed>().Statement;

    private static Statement Heard(string body) => Delivered(body).ShouldBeOfType<Reading.Observed>().Statement;

    private static Reading Delivered(string body) => ZoPayTranslation.Webhook(Encoding.UTF8.GetBytes(body));
}
