using System.Globalization;
using FsCheck.Fluent;
using Reconciler.Core.Tests.Laws;

namespace Reconciler.Core.Tests.Observations;

public class Masking_a_recipient
{
    [Theory]
    [InlineData("+221771234567", "+221•••••4567")]
    [InlineData("00221771234567", "+221•••••4567")]
    [InlineData("7712345", "•••••45")]
    [InlineData("12345", "•••••")]
    [InlineData("", "•••••")]
    [InlineData("name@example.com", "•••••")]
    public void Shows_both_ends_of_a_long_number_and_less_of_a_short_one(string recipient, string shown) =>
        RecipientMask.Mask(recipient, "key"u8).Masked.ShouldBe(shown);

    [Theory]
    [InlineData("+221 77 123 45 67")]
    [InlineData("00221-77-123-45-67")]
    [InlineData("(221) 771234567")]
    [InlineData("221771234567")]
    public void Equal_numbers_are_equal_however_they_are_spelled(string recipient) =>
        RecipientMask.Mask(recipient, "key"u8).ShouldBe(RecipientMask.Mask("+221771234567", "key"u8));

    [Fact]
    public void Accounts_that_differ_in_letters_differ() =>
        RecipientMask.Mask("wallet-a-1", "key"u8).Digest.ShouldNotBe(RecipientMask.Mask("wallet-b-1", "key"u8).Digest);

    [Fact]
    public void Another_key_gives_another_digest() =>
        RecipientMask.Mask("+221771234567", "key"u8).Digest.ShouldNotBe(RecipientMask.Mask("+221771234567", "other"u8).Digest);

    [Fact]
    public void Neither_the_mask_nor_the_digest_holds_the_number() => Law.HoldsFor(
        from first in Gen.Choose(1, 999_999)
        from second in Gen.Choose(0, 999_999_999)
        select first.ToString(CultureInfo.InvariantCulture) + second.ToString(CultureInfo.InvariantCulture),
        number =>
        {
            var masked = RecipientMask.Mask(number, "key"u8);
            masked.Masked.Count(char.IsAsciiDigit).ShouldBeLessThanOrEqualTo(Math.Max(0, number.Length - 3));
            masked.Masked.ShouldNotContain(number);
            masked.Digest.Length.ShouldBe(32);
            if (number.Length >= 6) masked.Digest.ShouldNotContain(number);
        });
}
