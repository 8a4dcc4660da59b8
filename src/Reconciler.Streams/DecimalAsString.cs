using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reconciler.Streams;

/// <summary>
/// Decimals travel as strings: a JSON number passes through binary floating point in most readers, and loses its scale.
/// A number is still read, since another writer may have used one.
/// </summary>
internal sealed class DecimalAsString : JsonConverter<decimal>
{
    private const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            return reader.GetDecimal();
        }

        return decimal.TryParse(reader.GetString(), Plain, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new JsonException("A decimal string was expected, such as \"5000.00\".");
    }

    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
}
