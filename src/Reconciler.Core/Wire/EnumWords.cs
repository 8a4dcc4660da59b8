using System.Collections.Frozen;
using System.Text.Json;

namespace Reconciler.Core;

/// <summary>
/// The one spelling of an enum's values outside the program: snake_case (<c>AmountMismatch</c> is <c>amount_mismatch</c>),
/// in JSON, in the database, in metrics and on pages alike.
/// </summary>
public static class EnumWords<T> where T : struct, Enum
{
    private static readonly FrozenDictionary<T, string> Words =
        Enum.GetValues<T>().ToFrozenDictionary(value => value, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));

    private static readonly FrozenDictionary<string, T> Values =
        Words.ToFrozenDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    public static IEnumerable<string> All => Words.OrderBy(pair => pair.Key).Select(pair => pair.Value);

    public static string Word(T value) =>
        Words.TryGetValue(value, out var word) ? word : throw new ArgumentOutOfRangeException(nameof(value), value, null);

    public static bool TryParse(string? word, out T value)
    {
        value = default;
        return word is not null && Values.TryGetValue(word, out value);
    }

    /// <exception cref="FormatException">The word is none of the enum's.</exception>
    public static T Parse(string word) =>
        TryParse(word, out var value) ? value : throw new FormatException($"'{word}' is none of: {string.Join(", ", All)}.");
}

public static class EnumWords
{
    public static string Word<T>(this T value) where T : struct, Enum => EnumWords<T>.Word(value);
}
