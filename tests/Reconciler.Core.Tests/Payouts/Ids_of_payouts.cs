using FsCheck.Fluent;
using Reconciler.Core.Tests.Laws;

namespace Reconciler.Core.Tests.Payouts;

public class Ids_of_payouts
{
    private static readonly ConnectionKey Live = ConnectionKey.Parse("zopay-live");

    [Theory]
    [InlineData("p-1")]
    [InlineData("a/b/c")]
    [InlineData("/leading")]
    [InlineData("trailing/")]
    [InlineData("a//b")]
    [InlineData("...")]
    [InlineData("a..b/.c")]
    [InlineData("with space")]
    [InlineData("%2F?#&")]
    [InlineData("\u200Fمعرف\u200E")]
    [InlineData("😀")]
    [InlineData("é")]
    public void Are_kept_as_the_provider_spells_them(string providers)
    {
        PayoutId.TryCreate(Live, providers, out var id).ShouldBeTrue();
        id.ToString().ShouldBe($"zopay-live/{providers}");
        PayoutId.Parse(id.ToString()).ShouldBe(id);
        PayoutId.Parse(id.ToString()).ProviderPayoutId.ShouldBe(providers);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("a\u0085b")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../auth/token")]
    [InlineData("a/./b")]
    public void Are_refused_where_they_could_not_be_stored_or_linked_to(string? providers) =>
        PayoutId.TryCreate(Live, providers, out _).ShouldBeFalse();

    [Fact]
    public void Are_refused_with_half_a_surrogate_pair()
    {
        PayoutId.TryCreate(Live, "a\uD83D", out _).ShouldBeFalse();
        PayoutId.TryCreate(Live, "\uDE00a", out _).ShouldBeFalse();
        PayoutId.TryCreate(Live, "\uD83D\uD83D\uDE00", out _).ShouldBeFalse();
    }

    [Fact]
    public void Have_a_bounded_length()
    {
        PayoutId.TryCreate(Live, new string('x', PayoutId.ProviderPayoutIdLengthMax), out _).ShouldBeTrue();
        PayoutId.TryCreate(Live, new string('x', PayoutId.ProviderPayoutIdLengthMax + 1), out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("zopay-live")]
    [InlineData("zopay-live/")]
    [InlineData("/p-1")]
    [InlineData("ZOPAY/p-1")]
    [InlineData("-zopay/p-1")]
    public void Are_a_connection_and_an_id(string text)
    {
        PayoutId.TryParse(text, null, out var id).ShouldBeFalse();
        id.ShouldBe(default);
        Should.Throw<FormatException>(() => PayoutId.Parse(text));
    }

    [Fact]
    public void Are_not_without_a_connection() => PayoutId.TryCreate(default, "p-1", out _).ShouldBeFalse();

    [Fact]
    public void Whatever_text_is_accepted_is_read_back_as_it_was() => Law.HoldsFor(
        Gen.ArrayOf(Gen.OneOf(Gen.Choose(0, 0xFFFF), Gen.Elements<int>('/', '.', 'a', '\u200F', 0xD83D, 0xDE00))).Select(units => string.Concat(units.Select(unit => (char)unit))),
        providers =>
        {
            if (!PayoutId.TryCreate(Live, providers, out var id)) return;
            PayoutId.Parse(id.StreamId).ShouldBe(id);
            System.Text.Json.JsonSerializer.Deserialize<PayoutId>(Story.Text(id), JsonShapes.Stored).ShouldBe(id);
        });
}
