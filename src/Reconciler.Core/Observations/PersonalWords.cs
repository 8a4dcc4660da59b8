using System.Buffers;
using System.Text;

namespace Reconciler.Core;

/// <summary>
/// Takes numbers that may be somebody's phone and words that look like an e-mail address out of a provider's free text, before anything
/// keeps it. Names cannot be told from other words: what must not be kept in clear is the body, and that is sealed.
/// </summary>
public static class PersonalWords
{
    /// <summary>Operators' short codes and error numbers have fewer digits, phone numbers of the countries we serve more.</summary>
    public const int DigitsHarmlessMax = 6;

    private const char Hidden = '•';
    private const int HiddenCharacters = 5;

    // Between the digits of one number; two of them after another as well, like ") ".
    private static readonly SearchValues<char> Between = SearchValues.Create(" +-./()\u00A0\u202F\u2009\u2011");
    private const int BetweenMax = 2;

    /// <summary>The same text where nothing is to be hidden.</summary>
    public static string? Mask(string? text)
    {
        if (text is null || !text.Any(character => char.IsDigit(character) || character == '@')) return text;
        return WithoutNumbers(WithoutAddresses(text));
    }

    private static string WithoutAddresses(string text)
    {
        if (!text.Contains('@')) return text;
        var masked = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                masked.Append(text[at++]);
                continue;
            }

            var end = at;
            while (end < text.Length && !char.IsWhiteSpace(text[end])) end++;
            var word = text.AsSpan(at, end - at);
            if (word.Contains('@')) masked.Append(Hidden, HiddenCharacters);
            else masked.Append(word);
            at = end;
        }

        return masked.ToString();
    }

    private static string WithoutNumbers(string text)
    {
        var masked = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            if (!char.IsDigit(text[at]))
            {
                masked.Append(text[at++]);
                continue;
            }

            var (end, digits) = NumberFrom(text, at);
            if (digits > DigitsHarmlessMax) masked.Append(Hidden, HiddenCharacters);
            else masked.Append(text, at, end - at);
            at = end;
        }

        return masked.ToString();
    }

    /// <summary>Where the digits that may be one number end, and how many they are.</summary>
    private static (int End, int Digits) NumberFrom(string text, int from)
    {
        var (end, digits, between) = (from, 0, 0);
        for (var at = from; at < text.Length && between <= BetweenMax; at++)
        {
            if (char.IsDigit(text[at])) (end, digits, between) = (at + 1, digits + 1, 0);
            else if (Between.Contains(text[at])) between++;
            else break;
        }

        return (end, digits);
    }
}
