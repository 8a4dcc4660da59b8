using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Reconciler.Core;

/// <summary>The name of one account with a provider, like <c>pawapay-live</c>: 1 to 63 of <c>a-z 0-9 -</c>, beginning with a letter or digit.</summary>
[JsonConverter(typeof(ParsedTextConverter<ConnectionKey>))]
public readonly record struct ConnectionKey : IParsable<ConnectionKey>, IComparable<ConnectionKey>
{
    public const int LengthMax = 63;

    private ConnectionKey(string text) => Text = text;

    private string Text { get; }

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ConnectionKey result)
    {
        var valid = s is { Length: > 0 and <= LengthMax } && s[0] != '-'
            && s.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-');
        result = valid ? new ConnectionKey(s!) : default;
        return valid;
    }

    public static bool TryParse([NotNullWhen(true)] string? text, out ConnectionKey key) => TryParse(text, null, out key);

    /// <exception cref="FormatException">The text is no connection key.</exception>
    public static ConnectionKey Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var key)
            ? key
            : throw new FormatException($"A connection's key has 1 to {LengthMax} of a-z, 0-9 and '-', and does not begin with '-'.");

    public int CompareTo(ConnectionKey other) => string.CompareOrdinal(Text, other.Text);

    public override string ToString() => Text ?? "";
}
