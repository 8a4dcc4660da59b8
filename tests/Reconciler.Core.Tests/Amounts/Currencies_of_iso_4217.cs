namespace Reconciler.Core.Tests.Amounts;

public class Currencies_of_iso_4217
{
    [Theory]
    [InlineData(0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF")]
    [InlineData(2, "CDF EUR GHS GMD KES LRD MGA MRU MWK MZN NGN SLE TZS USD XCG ZAR ZMW")]
    [InlineData(3, "BHD IQD JOD KWD LYD OMR TND")]
    [InlineData(4, "CLF UYW")]
    public void Have_their_own_number_of_decimals(int decimals, string codes)
    {
        foreach (var code in codes.Split(' ')) Currency.Parse(code).Decimals.ShouldBe(decimals, code);
    }

    [Fact]
    public void Are_read_in_either_case_and_printed_in_capitals() => Currency.Parse("xof").ToString().ShouldBe("XOF");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("XO")]
    [InlineData("XOFF")]
    [InlineData(" XOF")]
    [InlineData("ABC")]
    [InlineData("XXX")]
    [InlineData("ıNR")]
    [InlineData("ſAR")]
    public void Nothing_else_is_one(string? code)
    {
        Currency.TryParse(code, out var currency).ShouldBeFalse();
        currency.ShouldBe(default);
        Should.Throw<FormatException>(() => Currency.Parse(code!));
    }
}
