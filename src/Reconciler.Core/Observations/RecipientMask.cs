using System.Text;

namespace Reconciler.Core;

/// <summary>Masks recipients under one key per installation: an unkeyed digest of a phone number is found by trying them all.</summary>
public static class RecipientMask
{
    private const int DigitsShownFirst = 3;
    private const int DigitsShownLast = 4;
    private const int DigestBytes = 16;
    private const char Hidden = '•';

    /// <summary>Spelling differs between providers and messages (<c>+221 77…</c>, <c>0022177…</c>, <c>22177…</c>); the digits decide. An account that holds letters is no number: all of its text does.</summary>
    public static Recipient Mask(string recipient, ReadOnlySpan<byte> key) => Mask(recipient, new KeyedHash(key.ToArray()));

    /// <inheritdoc cref="Mask(string, ReadOnlySpan{byte})"/>
    public static Recipient Mask(string recipient, KeyedHash key)
    {
        var digits = Digits(recipient);
        var text = digits.Length > 0 && !recipient.Any(char.IsLetter) ? digits : recipient.Trim();
        Span<byte> hash = stackalloc byte[KeyedHash.Bytes];
        key.Of(Encoding.UTF8.GetBytes(text), hash);
        return new Recipient(Shown(digits), Convert.ToHexStringLower(hash[..DigestBytes]));
    }

    private static string Digits(string recipient)
    {
        var digits = string.Concat(recipient.Where(char.IsAsciiDigit));
        return digits.StartsWith("00", StringComparison.Ordinal) ? digits[2..] : digits;
    }

    // A short number shows its end only: with both ends shown nothing would be left to hide.
    private static string Shown(string digits) => digits.Length switch
    {
        >= 10 => $"+{digits[..DigitsShownFirst]}{new string(Hidden, digits.Length - DigitsShownFirst - DigitsShownLast)}{digits[^DigitsShownLast..]}",
        >= 6 => new string(Hidden, digits.Length - 2) + digits[^2..],
        _ => new string(Hidden, 5),
    };
}
