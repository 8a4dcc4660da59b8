using FsCheck.Fluent;
using Reconciler.Core.Tests.Laws;

namespace Reconciler.Core.Tests.Observations;

public class Masking_free_text
{
    [Theory]
    [InlineData("Number +221 77 123 45 67 is blocked", "Number +••••• is blocked")]
    [InlineData("Account 00221771234567: no such wallet", "Account •••••: no such wallet")]
    [InlineData("(221) 77-123.45/67", "(•••••")]
    [InlineData("to awa.diop@example.com, sorry", "to ••••• sorry")]
    [InlineData("mailto:<awa@example.com>", "•••••")]
    [InlineData("Error 4012 in step 3 of 5", "Error 4012 in step 3 of 5")]
    [InlineData("INSUFFICIENT_BALANCE", "INSUFFICIENT_BALANCE")]
    [InlineData("٠٧٧١٢٣٤٥٦٧", "•••••")]
    [InlineData("", "")]
    [InlineData(null, null)]
    public void Hides_what_may_be_a_phone_number_or_an_address_and_nothing_else(string? text, string? shown) => PersonalWords.Mask(text).ShouldBe(shown);

    [Fact]
    public void No_number_is_left_however_it_is_written_and_wherever_it_stands() => Law.HoldsFor(
        from digits in Gen.Choose(0, 9).Select(digit => (char)('0' + digit)).ListOf(12)
        from between in Gen.Elements("", " ", "-", ".", "\u00A0", ") ", " -").ListOf(12)
        from before in Gen.Elements("", "to ", "n° ", "a@b ", "x", "«")
        from after in Gen.Elements("", " refused", ".", ", sorry", "»")
        select (Number: string.Concat(digits.Zip(between, (digit, gap) => $"{digit}{gap}")), Digits: string.Concat(digits), before, after),
        sample =>
        {
            var masked = PersonalWords.Mask($"{sample.before}{sample.Number}{sample.after}")!;
            string.Concat(masked.Where(char.IsDigit)).Length.ShouldBeLessThanOrEqualTo(PersonalWords.DigitsHarmlessMax, masked);
            masked.ShouldNotContain('@');
        });

    [Fact]
    public void What_is_masked_already_stays_as_it_is() => Law.HoldsFor(
        Gen.Elements("Awa", "+221771234567", "77 123 45 67", "a@b.c", "•••••", "R-4012", "12:30", " ", "\t", "(", "é").ListOf().Select(words => string.Concat(words)),
        text => PersonalWords.Mask(PersonalWords.Mask(text)).ShouldBe(PersonalWords.Mask(text)));

    [Fact]
    public void What_a_statement_says_of_a_failure_is_masked_when_it_is_observed()
    {
        var said = new Statement("p", ObservedStatus.Failed, "FAILED for +221771234567", Failure: Failure.Of(FailureCode.Other, "E 771234567", "No wallet of 77 123 45 67"))
            .Masked(text => RecipientMask.Mask(text, "key"u8));

        (said.Word + said.Failure!.ProviderCode + said.Failure.Message).Count(char.IsDigit).ShouldBe(0);
        said.Failure.Message.ShouldBe("No wallet of •••••");
    }
}
