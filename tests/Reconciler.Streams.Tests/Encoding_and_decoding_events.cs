using System.Collections.Immutable;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Reconciler.Streams.Tests;

public sealed class Encoding_and_decoding_events
{
    private static readonly Config Laws = Config.QuickThrowOnFailure.WithMaxTest(1_000);

    // Any text of any characters, but well formed and without U+0000: those have a law of their own.
    private static readonly Gen<string> Text =
        Gen.ArrayOf(Gen.OneOf(Gen.Choose(1, 0x7f), Gen.Choose(0x80, 0xd7ff), Gen.Choose(0xe000, 0x10ffff)))
            .Select(runes => string.Concat(runes.Select(rune => new Rune(rune).ToString())));

    private static readonly Gen<string?> TextOrNull = Gen.OneOf(Text.Select(text => (string?)text), Gen.Constant<string?>(null));

    private static readonly Gen<object> Event = Gen.OneOf(
        Text.Select(label => (object)new BoxOpened(label)),
        from colour in Gen.Elements(Colour.DeepRed, Colour.Green)
        from ticks in Gen.Choose(0, int.MaxValue)
        from units in Gen.Choose(int.MinValue, int.MaxValue)
        from scale in Gen.Choose(0, 12)
        from currency in TextOrNull
        select (object)new BoxPainted(
            colour,
            Samples.Noon.AddTicks(ticks * 7919L),
            currency is null ? null : new Amount(new decimal(units, ticks, 7, units < 0, (byte)scale), currency),
            ImmutableDictionary<string, string>.Empty),
        from count in Gen.Choose(int.MinValue, int.MaxValue)
        from isSealed in Gen.Elements(true, false)
        from reason in TextOrNull
        select (object)new BoxClosed(count * 4_000_000_000L, isSealed, reason, null));

    [Fact]
    public void Decoding_what_was_encoded_gives_the_event() =>
        Check.One(Laws, Prop.ForAll(Event.ToArbitrary(), happened =>
        {
            var name = Samples.Registry.Of(happened.GetType()).Name;
            var encoded = Samples.Registry.Encode(happened, out var stripped);
            stripped.ShouldBe(0);
            Samples.Registry.Decode(name, encoded).ShouldBe(happened);
        }));

    [Fact]
    public void Encoding_takes_out_the_NULs_and_only_those() =>
        Check.One(Laws, Prop.ForAll(Gen.ArrayOf(Gen.Elements("\0", "\\", "u0000", "\\u0000", "\"", "é", "x")).ToArbitrary(), parts =>
        {
            var label = string.Concat(parts);
            var encoded = Samples.Registry.Encode(new BoxOpened(label), out var stripped);
            stripped.ShouldBe(label.Count(c => c == '\0'));
            Samples.Registry.Decode("box_opened", encoded).ShouldBe(new BoxOpened(label.Replace("\0", "", StringComparison.Ordinal)));
        }));
}
