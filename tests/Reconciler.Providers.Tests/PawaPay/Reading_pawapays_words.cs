using System.Text;
using Reconciler.Core;

namespace Reconciler.Providers.Tests;

public sealed class Reading_pawapays_words
{
    private const string Id = "f4401bd2-1568-4140-bf2d-eb77d2b2b639";

    private const string V1Completed = """
        [{"payoutId":"f4401bd2-1568-4140-bf2d-eb77d2b2b639","status":"COMPLETED","amount":"123.00","currency":"ZMW","country":"ZMB",
          "correspondent":"MTN_MOMO_ZMB","recipient":{"type":"MSISDN","address":{"value":"260763456789"}},"customerTimestamp":"2026-01-15T10:00:00Z",
          "statementDescription":"Salary January","created":"2026-01-15T10:00:01Z","receivedByRecipient":"2026-01-15T10:00:09Z",
          "correspondentIds":{"MTN_INIT":"ABC123","MTN_FINAL":"DEF456"},"metadata":{"orderId":"ORD-123"}}]
        """;

    private const string V2Failed = """
        {"status":"FOUND","data":{"payoutId":"f4401bd2-1568-4140-bf2d-eb77d2b2b639","status":"FAILED","amount":"123.00","currency":"ZMW","country":"ZMB",
          "recipient":{"type":"MMO","accountDetails":{"phoneNumber":"260763456089","provider":"MTN_MOMO_ZMB"}},"clientReferenceId":"INV-9",
          "created":"2026-01-15T10:00:01Z","failureReason":{"failureCode":"RECIPIENT_NOT_FOUND","failureMessage":"The phone number does not belong to a wallet."}}}
        """;

    [Fact]
    public void A_list_of_one_is_version_1() => Answered(V1Completed).ShouldBe(new Statement(
        Id,
        ObservedStatus.Succeeded,
        "COMPLETED",
        Money.Of(123m, "ZMW"),
        "260763456789",
        ProviderReference: "DEF456",
        OccurredAt: new DateTimeOffset(2026, 1, 15, 10, 0, 9, TimeSpan.Zero)));

    [Fact]
    public void A_wrapped_payout_is_version_2() => Answered(V2Failed).ShouldBe(new Statement(
        Id,
        ObservedStatus.Failed,
        "FAILED",
        Money.Of(123m, "ZMW"),
        "260763456089",
        "INV-9",
        Failure: new Failure(FailureCode.RecipientInvalid, "RECIPIENT_NOT_FOUND", "The phone number does not belong to a wallet.")));

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"status":"NOT_FOUND"}""")]
    [InlineData("""{"status":"not_found"}""")]
    public void An_unknown_id_is_observed_and_is_no_failure(string body) =>
        Answered(body).ShouldBe(new Statement(Id, ObservedStatus.NotFound, ""));

    [Theory]
    [InlineData("""{"status":"FOUND"}""", "unknown_shape")]
    [InlineData("""{"status":"COMPLETED","payoutId":"f4401bd2-1568-4140-bf2d-eb77d2b2b639"}""", "unknown_shape")]
    [InlineData("""{"errorId":"1","errorCode":0,"errorMessage":"x"}""", "unknown_shape")]
    [InlineData("""[{"payoutId":"a","status":"FAILED"},{"payoutId":"a","status":"COMPLETED"}]""", "unknown_shape")]
    [InlineData("[1]", "unknown_shape")]
    [InlineData("\"COMPLETED\"", "unknown_shape")]
    [InlineData("""{"status":"FOUND","data":{"payoutId":"f4401bd2-1568-4140-bf2d-eb77d2b2b639"}}""", "no_status")]
    [InlineData("""{"status":"FOUND","data":{"status":"COMPLETED"}}""", "no_payout_id")]
    [InlineData("""{"status":"FOUND","data":{"payoutId":"f4401bd2-1568-4140-bf2d-eb77d2b2b639","status":"COMPL""", "not_json")]
    [InlineData("<html></html>", "not_json")]
    [InlineData("", "not_json")]
    public void An_answer_of_another_shape_is_kept_unread(string body, string reason) =>
        PawaPayTranslation.Answer(Encoding.UTF8.GetBytes(body), Id).ShouldBe(new Reading.Unreadable(reason));

    [Theory]
    [InlineData("""{"depositId":"d","status":"COMPLETED","depositedAmount":"5","currency":"ZMW"}""")]
    [InlineData("""{"refundId":"r","depositId":"d","status":"COMPLETED","amount":"5","currency":"ZMW"}""")]
    public void Deposits_and_refunds_are_ignored(string body) => Called(body).ShouldBe(new Reading.Ignored(IgnoredReason.NotAPayout));

    [Fact]
    public void A_callback_is_the_payout_without_a_wrapper_in_either_version()
    {
        var v1 = V1Completed.Trim()[1..^1];
        Called(v1).ShouldBeOfType<Reading.Observed>().Statement.ShouldBe(Answered(V1Completed));
        var v2 = V2Failed.Trim()["{\"status\":\"FOUND\",\"data\":".Length..^1];
        Called(v2).ShouldBeOfType<Reading.Observed>().Statement.ShouldBe(Answered(V2Failed));
    }

    [Theory]
    [InlineData("ACCEPTED", ObservedStatus.Pending)]
    [InlineData("ENQUEUED", ObservedStatus.Pending)]
    [InlineData("SUBMITTED", ObservedStatus.Processing)]
    [InlineData("PROCESSING", ObservedStatus.Processing)]
    [InlineData("IN_RECONCILIATION", ObservedStatus.Processing)]
    [InlineData("In_Reconciliation", ObservedStatus.Processing)]
    [InlineData("COMPLETED", ObservedStatus.Succeeded)]
    [InlineData("completed", ObservedStatus.Succeeded)]
    [InlineData("FAILED", ObservedStatus.Failed)]
    [InlineData("REJECTED", ObservedStatus.Failed)]
    [InlineData("DUPLICATE_IGNORED", ObservedStatus.Unrecognised)]
    [InlineData("NOT_FOUND", ObservedStatus.Unrecognised)]
    [InlineData("SUCCESS", ObservedStatus.Unrecognised)]
    public void Each_word_means_what_is_documented(string word, ObservedStatus status)
    {
        var said = Called($$"""{"payoutId":"p","status":"{{word}}"}""").ShouldBeOfType<Reading.Observed>().Statement;
        said.Status.ShouldBe(status);
        said.Word.ShouldBe(word);
        said.Amount.ShouldBeNull();
    }

    [Theory]
    [InlineData("RECIPIENT_NOT_FOUND", FailureCode.RecipientInvalid)]
    [InlineData("recipient_not_found", FailureCode.RecipientInvalid)]
    [InlineData("RECIPIENT_NOT_ALLOWED_TO_RECEIVE", FailureCode.RecipientBlocked)]
    [InlineData("BALANCE_INSUFFICIENT", FailureCode.MerchantFunds)]
    [InlineData("PAWAPAY_WALLET_OUT_OF_FUNDS", FailureCode.MerchantFunds)]
    [InlineData("WALLET_LIMIT_REACHED", FailureCode.RecipientLimit)]
    [InlineData("RECIPIENT_LIMIT_REACHED", FailureCode.RecipientLimit)]
    [InlineData("UNSPECIFIED_FAILURE", FailureCode.ProviderFault)]
    [InlineData("UNKNOWN_ERROR", FailureCode.ProviderFault)]
    [InlineData("OTHER_ERROR", FailureCode.ProviderFault)]
    [InlineData("TRANSACTION_ALREADY_IN_PROCESS", FailureCode.Other)]
    public void Each_failure_code_is_ours_or_other_with_their_text(string code, FailureCode ours)
    {
        var said = Called($$$"""{"payoutId":"p","status":"FAILED","failureReason":{"failureCode":"{{{code}}}","failureMessage":"Why."}}""");
        said.ShouldBeOfType<Reading.Observed>().Statement.ShouldBe(
            new Statement("p", ObservedStatus.Failed, "FAILED", Failure: new Failure(ours, code, "Why.")));
    }

    [Theory]
    [InlineData("FAILED", "MANUALLY_CANCELLED", ObservedStatus.Cancelled)]
    [InlineData("failed", "manually_cancelled", ObservedStatus.Cancelled)]
    [InlineData("REJECTED", "MANUALLY_CANCELLED", ObservedStatus.Failed)]
    public void A_failure_by_the_merchants_hand_is_a_cancellation(string word, string code, ObservedStatus status)
    {
        var said = Called($$$"""{"payoutId":"p","status":"{{{word}}}","failureReason":{"failureCode":"{{{code}}}"}}""").ShouldBeOfType<Reading.Observed>().Statement;
        said.Status.ShouldBe(status);
        said.Failure.ShouldBe(new Failure(FailureCode.CancelledByMerchant, code, null));
    }

    [Theory]
    [InlineData("5", "5.00")]
    [InlineData("5.0", "5.00")]
    [InlineData("5.00", "5.00")]
    [InlineData("5.5", "5.50")]
    [InlineData("0.5", "0.50")]
    [InlineData("999999999999999999.99", null)]
    [InlineData("999999999999999999", "999999999999999999.00")]
    [InlineData("5.", null)]
    [InlineData("5.555", null)]
    [InlineData("5.550", null)]
    [InlineData(".5", null)]
    [InlineData("-5.5", null)]
    [InlineData("+5", null)]
    [InlineData("00.5", null)]
    [InlineData("00001.32", null)]
    [InlineData("05", null)]
    [InlineData("5e2", null)]
    [InlineData("5,5", null)]
    [InlineData(" 5", null)]
    [InlineData("5\\n", null)]
    [InlineData("٥", null)]
    [InlineData("123456789012345678901234", null)]
    [InlineData("99999999999999999999.00", null)]
    public void An_amount_follows_the_documented_grammar_or_is_unreadable(string amount, string? text)
    {
        var reading = Called($$"""{"payoutId":"p","status":"COMPLETED","amount":"{{amount}}","currency":"ZMW"}""");
        if (text is null) reading.ShouldBe(new Reading.Unreadable(UnreadableReason.AmountUnreadable));
        else reading.ShouldBeOfType<Reading.Observed>().Statement.Amount!.Value.AmountText.ShouldBe(text);
    }

    [Fact]
    public void Decimals_that_a_currency_lacks_are_unreadable_unless_they_are_zeros()
    {
        Called("""{"payoutId":"p","status":"COMPLETED","amount":"5.00","currency":"XOF"}""").ShouldBeOfType<Reading.Observed>().Statement.Amount.ShouldBe(Money.Of(5m, "XOF"));
        Called("""{"payoutId":"p","status":"COMPLETED","amount":"5.50","currency":"XOF"}""").ShouldBe(new Reading.Unreadable(UnreadableReason.AmountUnreadable));
        Called("""{"payoutId":"p","status":"COMPLETED","amount":"5","currency":"ZZZ"}""").ShouldBe(new Reading.Unreadable(UnreadableReason.CurrencyUnknown));
    }

    private static Statement Answered(string body) =>
        PawaPayTranslation.Answer(Encoding.UTF8.GetBytes(body), Id).ShouldBeOfType<Reading.Observed>().Statement;

    private static Reading Called(string body) => PawaPayTranslation.Callback(Encoding.UTF8.GetBytes(body));
}
