using System.Text.Json;
using Reconciler.Core;

namespace Reconciler.Providers;

/// <summary>
/// Takes fields out of providers' JSON. Every method is total: a field that is missing, null, or of a kind that cannot mean anything
/// is null. What is needed for an observation is then asked for by the translation, which says what is missing.
/// </summary>
internal static class WireFields
{
    /// <summary>More than any documented field; long free text (a failure's message) is cut there.</summary>
    public const int TextLengthMax = Failure.TextLengthMax;

    private static readonly ConnectionKey AnyConnection = ConnectionKey.Parse("any");

    /// <summary>A string, or a number as it is written, cut to <see cref="TextLengthMax"/>; an empty one is null. U+0000, which PostgreSQL
    /// cannot store, becomes U+FFFD: leaving it out could turn an unknown word into a known one.</summary>
    public static string? Text(this JsonElement json, string name)
    {
        var text = Field(json, name) is { } field ? Scalar(field) : null;
        return string.IsNullOrEmpty(text) ? null : Cut(text.Replace('\0', '\uFFFD'));
    }

    /// <summary>A payout's id: whole, never cut or cleaned, since a changed id is another payout. Null where it could not be stored.</summary>
    public static string? Id(this JsonElement json, string name)
    {
        var text = Field(json, name) is { } field ? Scalar(field) : null;
        return PayoutId.TryCreate(AnyConnection, text, out _) ? text : null;
    }

    /// <summary>A string whole, however long; null for any other kind.</summary>
    public static string? WholeText(this JsonElement json, string name) =>
        Field(json, name) is { ValueKind: JsonValueKind.String } field ? Scalar(field) : null;

    /// <summary>An amount as it is written, JSON number or string alike, so that no binary fraction ever stands between. What is neither
    /// is given as raw JSON, which <see cref="WireMoney"/> then finds unreadable.</summary>
    public static string? Amount(this JsonElement json, string name) =>
        Field(json, name) is { } field ? Scalar(field) ?? field.GetRawText() : null;

    /// <summary>A field of unknown shape: a string or number as <see cref="Text"/>, anything else as its JSON, cut likewise.</summary>
    public static string? AnyText(this JsonElement json, string name) =>
        Field(json, name) is { ValueKind: not (JsonValueKind.String or JsonValueKind.Number) } field ? Cut(field.GetRawText()) : json.Text(name);

    /// <summary>A nested object, or null.</summary>
    public static JsonElement? Object(this JsonElement json, string name) =>
        Field(json, name) is { ValueKind: JsonValueKind.Object } field ? field : null;

    /// <summary>An instant in any of the <see cref="TimeForms"/>, in UTC; nonsense is null.</summary>
    public static DateTimeOffset? Instant(this JsonElement json, string name) =>
        Field(json, name) is { } field && WireTime.TryParse(Scalar(field), TimeForms.Any, out var instant) ? instant : null;

    /// <summary>Null where the field is missing or JSON's null, or where <paramref name="json"/> is no object.</summary>
    private static JsonElement? Field(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var field) && field.ValueKind != JsonValueKind.Null ? field : null;

    private static string? Scalar(JsonElement field)
    {
        if (field.ValueKind == JsonValueKind.Number) return field.GetRawText();
        if (field.ValueKind != JsonValueKind.String) return null;
        try
        {
            return field.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, written as an escape: JSON's grammar allows it, no text can hold it.
            return null;
        }
    }

    // Cutting through a surrogate pair would leave text that cannot be stored.
    private static string Cut(string text)
    {
        if (text.Length <= TextLengthMax) return text;
        return text[..(char.IsHighSurrogate(text[TextLengthMax - 1]) ? TextLengthMax - 1 : TextLengthMax)];
    }
}
