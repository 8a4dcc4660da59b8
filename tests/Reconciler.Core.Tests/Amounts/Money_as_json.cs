using System.Text.Json;

namespace Reconciler.Core.Tests.Amounts;

public class Money_as_json
{
    [Fact]
    public void Is_text_and_a_currency() =>
        JsonSerializer.Serialize(Money.Of(12.5m, "GHS"), JsonShapes.Stored).ShouldBe("""{"amount":"12.50","currency":"GHS"}""");

    [Fact]
    public void Is_read_in_any_order_with_members_that_we_do_not_know() =>
        JsonSerializer.Deserialize<Money>("""{"currency":"XOF","note":{"a":[1]},"amount":"5"}""", JsonShapes.Stored).ShouldBe(Money.Of(5, "XOF"));

    [Theory]
    [InlineData("\"5 XOF\"")]
    [InlineData("5")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"amount":5,"currency":"XOF"}""")]
    [InlineData("""{"amount":"5"}""")]
    [InlineData("""{"currency":"XOF"}""")]
    [InlineData("""{"amount":"5","currency":"ABC"}""")]
    [InlineData("""{"amount":"0.5","currency":"XOF"}""")]
    [InlineData("""{"amount":null,"currency":"XOF"}""")]
    public void Anything_else_is_no_money(string json) =>
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Money>(json, JsonShapes.Stored));
}
