using System.Text.Json;

namespace Reconciler.Core.Tests.Wire;

public class Words_of_enums
{
    [Fact]
    public void Are_pinned()
    {
        Words<PayoutStatus>().ShouldBe("pending processing succeeded failed cancelled expired");
        Words<ObservedStatus>().ShouldBe("pending processing succeeded failed cancelled expired unrecognised not_found");
        Words<Confidence>().ShouldBe("expected reported confirmed resolved");
        Words<VerifyFinal>().ShouldBe("always contested never");
        Words<Provider>().ShouldBe("caurisflux awdpay zayono pawapay zopay");
        Words<DerivationRule>().ShouldBe("resolution poll_final webhook_final not_final");
        Words<ClaimSource>().ShouldBe("webhook_to_verify webhook poll");
        Words<FactKind>().ShouldBe("amount currency recipient reference provider_reference unrecognised_word not_found delivery");
        Words<FailureCode>().ShouldBe("recipient_invalid recipient_blocked merchant_funds recipient_limit provider_fault cancelled_by_merchant other");
        Words<DiscrepancyKind>().ShouldBe(
            "contradiction reversal amount_mismatch currency_mismatch recipient_mismatch unexpected_payout unrecognised_status not_found overdue altered_delivery");
    }

    [Fact]
    public void Are_read_back_as_written()
    {
        foreach (var kind in Enum.GetValues<DiscrepancyKind>())
        {
            EnumWords<DiscrepancyKind>.Parse(kind.Word()).ShouldBe(kind);
            JsonSerializer.Deserialize<DiscrepancyKind>(JsonSerializer.Serialize(kind, JsonShapes.Stored), JsonShapes.Stored).ShouldBe(kind);
            var keyed = new Dictionary<DiscrepancyKind, int> { [kind] = 1 };
            JsonSerializer.Deserialize<Dictionary<DiscrepancyKind, int>>(JsonSerializer.Serialize(keyed, JsonShapes.Stored), JsonShapes.Stored).ShouldBe(keyed);
        }
    }

    [Theory]
    [InlineData("\"Succeeded\"")]
    [InlineData("\"SUCCEEDED\"")]
    [InlineData("\"2\"")]
    [InlineData("2")]
    [InlineData("\"\"")]
    [InlineData("\"paid\"")]
    [InlineData("null")]
    public void Nothing_else_is_one(string json) =>
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<PayoutStatus>(json, JsonShapes.Stored));

    [Fact]
    public void A_number_that_names_no_value_has_no_word() => Should.Throw<ArgumentOutOfRangeException>(() => ((PayoutStatus)77).Word());

    private static string Words<T>() where T : struct, Enum => string.Join(' ', EnumWords<T>.All);
}
