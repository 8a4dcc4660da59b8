namespace Reconciler.Core.Tests.Amounts;

public class Money_adds_up
{
    [Fact]
    public void To_the_last_decimal() =>
        Enumerable.Repeat(Money.Of(0.1m, "GHS"), 10).Aggregate((sum, one) => sum + one).ShouldBe(Money.Of(1, "GHS"));

    [Fact]
    public void Only_in_one_currency() => Should.Throw<InvalidOperationException>(() => Money.Of(1, "XOF") + Money.Of(1, "XAF"));

    [Fact]
    public void Never_beyond_what_money_can_be() => Should.Throw<OverflowException>(() => Money.Of(Money.Max, "XOF") + Money.Of(1, "XOF"));

    [Fact]
    public void However_the_same_amount_was_spelled_it_is_the_same_value()
    {
        Money.Of(5000m, "XOF").ShouldBe(Money.Of(5000.00m, "XOF"));
        Money.Of(5000m, "XOF").GetHashCode().ShouldBe(Money.Of(5000.00m, "XOF").GetHashCode());
        Money.Of(5000m, "XOF").ShouldNotBe(Money.Of(5000m, "XAF"));
    }

    [Fact]
    public void Minus_zero_is_zero() => Money.Of(-0.0m, "XOF").AmountText.ShouldBe("0");

    [Theory]
    [InlineData("-1")]
    [InlineData("1000000000000000000")]
    [InlineData("0.5")]
    public void What_is_no_amount_is_refused(string amount) =>
        Should.Throw<ArgumentException>(() => Money.Of(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), "XOF"));
}
