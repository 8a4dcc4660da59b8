using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Reconciler.Core;

namespace Reconciler.Providers.Tests;

/// <summary>Reading bodies: what each provider's translation must make of its own words, and of anything else.</summary>
public abstract class ReadingContract<TSamples> : ProviderContract<TSamples> where TSamples : ProviderSamples, new()
{
    private const int LongText = 200 * 1024;

    private static readonly Config Laws = Config.QuickThrowOnFailure.WithMaxTest(500);

    [Fact]
    public void Every_documented_status_of_a_webhook_is_read_in_any_case()
    {
        foreach (var (documented, status) in Samples.WebhookWords)
            foreach (var word in AnyCase(documented))
            {
                var said = Observed(Read(Samples.Webhook(Samples.Success with { Word = word })));
                (said.ProviderPayoutId, said.Status, said.Word, said.Amount).ShouldBe((Samples.PayoutId, status, word, Money.Of(5000, "XOF")));
            }
    }

    [Theory]
    [InlineData("teleported")]
    [InlineData("succes")]
    [InlineData(" success")]
    [InlineData("success\\u0000")]
    [InlineData("СOMPLETED")]
    public void An_unknown_word_of_a_webhook_is_unrecognised(string word) =>
        Observed(Read(Samples.Webhook(Samples.Success with { Word = word }))).Status.ShouldBe(ObservedStatus.Unrecognised);

    [Theory]
    [InlineData("5000")]
    [InlineData("5000.00")]
    public void An_amount_is_exact_as_a_number_and_as_a_string(string digits)
    {
        foreach (var token in new[] { digits, $"\"{digits}\"" })
            foreach (var reading in Both(Samples.Success with { AmountJson = token }))
                Observed(reading).Amount.ShouldBe(Money.Of(5000, "XOF"));
    }

    [Theory]
    [InlineData("XAF", "123.45", null)]
    [InlineData("ZMW", "123.45", "123.45")]
    [InlineData("ZMW", "0.1", "0.10")]
    [InlineData("zmw", "12345678901234.01", "12345678901234.01")]
    public void An_amount_keeps_to_its_currencys_decimals(string currency, string digits, string? text)
    {
        foreach (var reading in Both(Samples.Success with { AmountJson = Samples.AmountJson(digits), Currency = currency }))
            if (text is null) Unreadable(reading).ShouldBe(UnreadableReason.AmountUnreadable);
            else Observed(reading).Amount!.Value.AmountText.ShouldBe(text);
    }

    [Theory]
    [InlineData("-5")]
    [InlineData("5e3")]
    [InlineData("5E+3")]
    [InlineData("1e400")]
    [InlineData("1e-400")]
    [InlineData("5000.5")]
    [InlineData("5000.000000000000000000000000000000001")]
    [InlineData("9999999999999999999999999999")]
    [InlineData("\"-5\"")]
    [InlineData("\"+5\"")]
    [InlineData("\"\"")]
    [InlineData("\" 5\"")]
    [InlineData("\"5 000\"")]
    [InlineData("\"5,000\"")]
    [InlineData("\"5.\"")]
    [InlineData("\"0x10\"")]
    [InlineData("\"NaN\"")]
    [InlineData("\"５０００\"")]
    [InlineData("\"5000\\u0000\"")]
    [InlineData("\"\\ud800\"")]
    [InlineData("true")]
    [InlineData("[5000]")]
    [InlineData("{\"value\":5000}")]
    public void A_hostile_amount_is_unreadable(string token)
    {
        foreach (var reading in Both(Samples.Success with { AmountJson = token }))
            Unreadable(reading).ShouldBe(UnreadableReason.AmountUnreadable);
    }

    [Fact]
    public void A_missing_amount_is_no_amount()
    {
        foreach (var reading in Both(Samples.Success with { AmountJson = "null" })) Observed(reading).Amount.ShouldBeNull();
    }

    [Theory]
    [InlineData("XXQ")]
    [InlineData("")]
    [InlineData("CFA francs")]
    [InlineData("XOF\\u0000")]
    public void An_unknown_currency_is_unreadable(string currency)
    {
        foreach (var reading in Both(Samples.Success with { Currency = currency })) Unreadable(reading).ShouldBe(UnreadableReason.CurrencyUnknown);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\\u0000b")]
    [InlineData("\\ud800")]
    [InlineData("line\\nfeed")]
    public void An_id_that_cannot_be_stored_is_unreadable(string id)
    {
        foreach (var reading in Both(Samples.Success with { Id = id })) Unreadable(reading).ShouldBe(UnreadableReason.NoPayoutId);
    }

    [Fact]
    public void An_id_of_200_KB_is_unreadable()
    {
        foreach (var reading in Both(Samples.Success with { Id = new string('x', LongText) })) Unreadable(reading).ShouldBe(UnreadableReason.NoPayoutId);
    }

    [Fact]
    public void A_word_of_200_KB_is_unrecognised_and_cut()
    {
        foreach (var reading in Both(Samples.Success with { Word = new string('x', LongText) }))
        {
            Observed(reading).Status.ShouldBe(ObservedStatus.Unrecognised);
            Observed(reading).Masked(text => new Recipient(text, "")).Word.Length.ShouldBeLessThanOrEqualTo(Statement.WordLengthMax);
        }
    }

    [Fact]
    public void An_amount_or_currency_of_200_KB_is_unreadable()
    {
        var digits = Samples.AmountJson(new string('9', LongText));
        foreach (var reading in Both(Samples.Success with { AmountJson = digits })) Unreadable(reading).ShouldBe(UnreadableReason.AmountUnreadable);
        foreach (var reading in Both(Samples.Success with { Currency = new string('X', LongText) })) Unreadable(reading).ShouldBe(UnreadableReason.CurrencyUnknown);
    }

    [Fact]
    public void A_name_that_is_half_of_a_surrogate_pair_makes_no_json()
    {
        foreach (var body in new[] { Samples.Webhook(Samples.Success), Samples.Answer(Samples.Success) })
        {
            var odd = body.Insert(body.IndexOf('{') + 1, "\"\\ud800tatus\":1,");
            Unreadable(Read(odd)).ShouldBe(UnreadableReason.NotJson);
            Unreadable(ReadAnswer(odd)).ShouldBe(UnreadableReason.NotJson);
        }
    }

    [Fact]
    public void A_missing_status_is_unreadable()
    {
        foreach (var reading in Both(Samples.Success with { Word = "" })) reading.ShouldBeOfType<Reading.Unreadable>();
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{}")]
    [InlineData("[1,2]")]
    [InlineData("null")]
    [InlineData("0")]
    [InlineData("\"text\"")]
    [InlineData("<html></html>")]
    [InlineData("{\"data\":[]}")]
    [InlineData("{\"event\":1,\"data\":null}")]
    [InlineData("{\"event\":\"payout.completed\",\"data\":{}}")]
    [InlineData("{\"event\":\"payout.completed\"}")]
    [InlineData("{\"\\ud800\":1,\"\\ud800\":2}")]
    public void What_is_no_message_is_unreadable(string body)
    {
        Read(body).ShouldBeOfType<Reading.Unreadable>();
        ReadAnswer(body).ShouldBeOfType<Reading.Unreadable>();
    }

    [Fact]
    public void Json_that_two_parsers_could_read_differently_is_unreadable()
    {
        foreach (var body in new[] { Samples.Webhook(Samples.Success), Samples.Answer(Samples.Success) })
        {
            var open = body.IndexOf('{');
            foreach (var doubtful in new[]
                     {
                         body[..(open + 1)] + "\"x\":1,\"x\":2," + body[(open + 1)..],
                         body.Replace("\"currency\"", $"\"status\":\"{Samples.SuccessWord}\",\"currency\""),
                         body[..(open + 1)] + "/* */" + body[(open + 1)..],
                         body + "{}",
                         body[..^1],
                         body[..(open + 1)] + "\"x\":NaN," + body[(open + 1)..],
                     })
            {
                Unreadable(Read(doubtful)).ShouldBe(UnreadableReason.NotJson);
                Unreadable(ReadAnswer(doubtful)).ShouldBe(UnreadableReason.NotJson);
            }
        }
    }

    [Fact]
    public void Five_thousand_levels_are_unreadable()
    {
        foreach (var deep in new[] { new string('[', 5000), new string('[', 5000) + new string(']', 5000), string.Concat(Enumerable.Repeat("{\"data\":", 5000)) })
        {
            Unreadable(Read(deep)).ShouldBe(UnreadableReason.NotJson);
            Unreadable(ReadAnswer(deep)).ShouldBe(UnreadableReason.NotJson);
        }
    }

    [Fact]
    public void Broken_utf8_is_unreadable()
    {
        var body = Encoding.UTF8.GetBytes(Samples.Webhook(Samples.Success with { Word = "?" }));
        body[Array.IndexOf(body, (byte)'?')] = 0xFF;
        Unreadable(Open().Read(body)).ShouldBe(UnreadableReason.NotJson);
    }

    [Fact]
    public void A_byte_order_mark_changes_nothing() =>
        Read("\uFEFF" + Samples.Webhook(Samples.Success)).ShouldBe(Read(Samples.Webhook(Samples.Success)));

    [Fact]
    public void Random_bytes_never_throw()
    {
        var connection = Open();
        Check.One(Laws, Prop.ForAll<byte[]>(bytes => connection.Read(bytes) is not Reading.Observed && Samples.ReadAnswer(bytes) is not Reading.Observed));
    }

    [Fact]
    public void Mutations_of_valid_bodies_never_throw_and_what_they_say_can_be_stored()
    {
        var connection = Open();
        foreach (var body in new[] { Samples.Webhook(Samples.Success), Samples.Answer(Samples.Success) })
            Check.One(Laws, Prop.ForAll(Mutations(Encoding.UTF8.GetBytes(body)).ToArbitrary(), bytes => IsStorable(connection.Read(bytes)) && IsStorable(Samples.ReadAnswer(bytes))));
    }

    private static Gen<byte[]> Mutations(byte[] valid)
    {
        // Bytes that mean something to JSON, so that mutants often still parse.
        var telling = Gen.OneOf(Gen.Elements("\"{}[]:,\\u0019eE-.ntf \0"u8.ToArray()), Gen.Choose(0, 255).Select(value => (byte)value));
        var edit = from at in Gen.Choose(0, valid.Length - 1) from with in telling from kind in Gen.Choose(0, 3) select (at, with, kind);
        return edit.NonEmptyListOf().Select(edits => edits.Take(4).Aggregate(valid, (bytes, one) => Mutated(bytes, one.at, one.with, one.kind)));
    }

    private static byte[] Mutated(byte[] bytes, int at, byte with, int kind)
    {
        at = Math.Min(at, bytes.Length - 1);
        if (at < 0) return [with];
        return kind switch
        {
            0 => [.. bytes[..at], with, .. bytes[(at + 1)..]],
            1 => [.. bytes[..at], with, .. bytes[at..]],
            2 => [.. bytes[..at], .. bytes[(at + 1)..]],
            _ => [.. bytes[..at], .. bytes[at..Math.Min(at + 8, bytes.Length)], .. bytes[at..]],
        };
    }

    private static bool IsStorable(Reading reading)
    {
        if (reading is not Reading.Observed { Statement: var said }) return true;
        var texts = new[] { said.Word, said.Recipient, said.Reference, said.ProviderReference, said.Failure?.ProviderCode, said.Failure?.Message };
        return PayoutId.TryCreate(ConnectionKey.Parse("any"), said.ProviderPayoutId, out _)
            && said.Amount is not { Amount: < 0 }
            && texts.All(text => text is null || (!text.Contains('\0') && !text.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar && !text.Contains('\uFFFD'))));
    }

    private Reading[] Both(Sample sample) => [Read(Samples.Webhook(sample)), ReadAnswer(Samples.Answer(sample))];
}
