namespace Reconciler.Core.Tests.Payouts;

public class Keys_of_connections
{
    [Theory]
    [InlineData("a")]
    [InlineData("7")]
    [InlineData("pawapay-live")]
    [InlineData("a-")]
    [InlineData("a23456789-123456789-123456789-123456789-123456789-123456789-123")]
    public void Are_short_lower_case_words(string text)
    {
        ConnectionKey.Parse(text).ToString().ShouldBe(text);
        ConnectionKey.Parse(text).ShouldBe(ConnectionKey.Parse(text));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("A")]
    [InlineData("a_b")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("é")]
    [InlineData("a٣")]
    [InlineData("a23456789-123456789-123456789-123456789-123456789-123456789-1234")]
    public void Anything_else_is_refused(string? text)
    {
        ConnectionKey.TryParse(text, out var key).ShouldBeFalse();
        key.ShouldBe(default);
        Should.Throw<FormatException>(() => ConnectionKey.Parse(text!));
    }

    [Fact]
    public void Are_in_the_order_of_their_text()
    {
        ConnectionKey.Parse("a").CompareTo(ConnectionKey.Parse("b")).ShouldBeLessThan(0);
        default(ConnectionKey).ToString().ShouldBe("");
    }
}
