using System.Text.Json;
using FsCheck.Fluent;
using Reconciler.Core.Tests.Laws;

namespace Reconciler.Core.Tests.Amounts;

public class Reading_an_amount
{
    [Theory]
    [InlineData("5", "XOF", "5")]
    [InlineData("5.0", "XOF", "5")]
    [InlineData("5.00", "XOF", "5")]
    [InlineData("0", "XOF", "0")]
    [InlineData("00.5", "GHS", "0.50")]
    [InlineData("5", "GHS", "5.00")]
    [InlineData("1.005", "TND", "1.005")]
    [InlineData("0.0001", "CLF", "0.0001")]
    [InlineData("999999999999999999", "XOF", "999999999999999999")]
    [InlineData("1.000000000000000000000000000", "XOF", "1")]
    public void Plain_decimal_text_is_money_with_the_currencys_own_decimals(string text, string currency, string printed)
    {
        Money.TryParse(text, Currency.Parse(currency), out var money, out var problem).ShouldBeTrue(problem);
        money.AmountText.ShouldBe(printed);
        money.ToString().ShouldBe($"{printed} {currency}");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData(".")]
    [InlineData("1.2.3")]
    [InlineData("1e3")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 5")]
    [InlineData("5 ")]
    [InlineData("5,00")]
    [InlineData("5 000")]
    [InlineData("٥٠٠")]
    [InlineData("５")]
    [InlineData("0x10")]
    [InlineData("NaN")]
    [InlineData("00000000000000000000000000000000000000005")]
    [InlineData("1000000000000000000")]
    [InlineData("99999999999999999999999999999")]
    public void Anything_else_is_refused_with_words(string? text)
    {
        Money.TryParse(text, Currency.Parse("GHS"), out var money, out var problem).ShouldBeFalse();
        problem.ShouldNotBeNullOrWhiteSpace();
        money.ShouldBe(default);
    }

    [Theory]
    [InlineData("0.5", "XOF")]
    [InlineData("5.01", "XAF")]
    [InlineData("5.001", "GHS")]
    [InlineData("5.0001", "TND")]
    [InlineData("1.000000000000000000000000000001", "GHS")]
    [InlineData("1.0000000000000000000000000001", "GHS")]
    public void More_decimals_than_the_currency_has_are_refused_and_never_rounded(string text, string currency) =>
        Money.TryParse(text, Currency.Parse(currency), out _, out _).ShouldBeFalse();

    [Fact]
    public void Every_amount_of_a_currency_is_read_back_exactly_as_printed() => Law.HoldsFor(
        from currency in Gen.Elements("XOF", "GHS", "TND", "CLF").Select(code => Currency.Parse(code))
        from high in Gen.Choose(0, 999_999_999)
        from low in Gen.Choose(0, 99_999)
        select (currency, Units: high * 100_000m + low),
        one =>
        {
            var amount = one.Units * new decimal(1, 0, 0, false, (byte)one.currency.Decimals);
            Money.TryCreate(amount, one.currency, out var money, out _).ShouldBeTrue();
            money.Amount.ShouldBe(amount);
            Money.TryParse(money.AmountText, one.currency, out var again, out _).ShouldBeTrue();
            again.ShouldBe(money);
            JsonSerializer.Deserialize<Money>(Story.Text(money), JsonShapes.Stored).ShouldBe(money);
        });
}
