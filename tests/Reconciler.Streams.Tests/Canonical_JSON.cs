using System.Text;
using System.Text.Json;

namespace Reconciler.Streams.Tests;

public sealed class Canonical_JSON
{
    [Theory]
    [InlineData("""{"b": 1, "a": {"d": [3, {"z": null, "y": true}], "c": "x"}}""", """{"a":{"c":"x","d":[3,{"y":true,"z":null}]},"b":1}""")]
    [InlineData("""{"é": 1, "z": 2, "Z": 3}""", """{"Z":3,"z":2,"\u00E9":1}""")]
    [InlineData("""{"long name": 1, "b": 2}""", """{"b":2,"long name":1}""")]
    [InlineData("""["\u003C<", "\/", "😀"]""", """["\u003C\u003C","/","\uD83D\uDE00"]""")]
    [InlineData(""" 12.50 """, "12.50")]
    [InlineData("{}", "{}")]
    public void Has_one_spelling_for_each_value(string json, string canonical)
    {
        var once = CanonicalJson.Of(Encoding.UTF8.GetBytes(json));

        Encoding.UTF8.GetString(once).ShouldBe(canonical);
        CanonicalJson.Of(once).ShouldBe(once);
    }

    [Fact]
    public void Takes_a_value_as_deep_as_jsonb_may_hold_for_us_and_refuses_a_deeper_one()
    {
        CanonicalJson.Of(Nested(900)).Length.ShouldBe(1_800);

        Should.Throw<JsonException>(() => CanonicalJson.Of(Nested(5_000)));
    }

    [Fact]
    public void Is_what_an_event_is_written_in_whatever_the_order_of_its_members()
    {
        var closed = new BoxClosed(3, true, "<b>é😀\"\\/\t\u2028", null);

        var encoded = Samples.Registry.Encode(closed, out _);

        Encoding.UTF8.GetString(encoded).ShouldStartWith("""{"count":3,"reason":""");
        CanonicalJson.Of(encoded).ShouldBe(encoded);
    }

    private static byte[] Nested(int depth) => Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));
}
