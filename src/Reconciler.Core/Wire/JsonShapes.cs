using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reconciler.Core;

/// <summary>An enum as its snake_case word; numbers and unknown words are refused.</summary>
public sealed class EnumWordConverter<T> : JsonConverter<T> where T : struct, Enum
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && EnumWords<T>.TryParse(reader.GetString(), out var value)
            ? value
            : throw new JsonException($"Expected one of: {string.Join(", ", EnumWords<T>.All)}.");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.Word());

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        EnumWords<T>.TryParse(reader.GetString(), out var value) ? value : throw new JsonException("Unknown word.");

    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value.Word());
}

/// <summary>RFC 3339 in UTC with <c>Z</c>, to the microsecond (what PostgreSQL keeps), without trailing zeros.</summary>
public sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'";

    public static string Text(DateTimeOffset instant) => instant.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var instant) && NamesItsZone(reader.GetString()!)
            ? instant.ToMicrosecond()
            : throw new JsonException("Expected an RFC 3339 time, like 2026-11-21T10:00:00Z.");

    // Without Z or an offset, .NET would take the time for the local one of whichever machine reads it.
    private static bool NamesItsZone(string text) => text.IndexOf('T') is > 0 and var time && (text[^1] == 'Z' || text.AsSpan(time).ContainsAny('+', '-'));

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToMicrosecond().UtcDateTime);
}

/// <summary>A value that is its text: written by <c>ToString</c>, read by <c>Parse</c>.</summary>
public sealed class ParsedTextConverter<T> : JsonConverter<T> where T : IParsable<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && T.TryParse(reader.GetString(), CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new JsonException($"Not a {typeof(T).Name}.");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

/// <summary>How every stored event, response and change is spelled: camelCase, words for enums, text for amounts.</summary>
public static class JsonShapes
{
    /// <summary>For what is stored (events, state): members that are null are left out.</summary>
    public static JsonSerializerOptions Stored { get; } = Frozen(JsonIgnoreCondition.WhenWritingNull);

    /// <summary>For what callers read: every member is there, null or not.</summary>
    public static JsonSerializerOptions Answered { get; } = Frozen(JsonIgnoreCondition.Never);

    private static JsonSerializerOptions Frozen(JsonIgnoreCondition ignored)
    {
        var options = Configure(new JsonSerializerOptions { DefaultIgnoreCondition = ignored });
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    /// <summary>Applies the product's spelling to options that a framework made.</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.DictionaryKeyPolicy = null;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.Converters.Add(new InstantConverter());
        options.Converters.Add(new EnumWordConverterFactory());
        return options;
    }
}

public sealed class EnumWordConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum && typeToConvert.Namespace?.StartsWith("Reconciler", StringComparison.Ordinal) == true;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(EnumWordConverter<>).MakeGenericType(typeToConvert))!;
}
