using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reconciler.Streams;

/// <summary>An instant has one spelling in the store: RFC 3339, UTC, ending in <c>Z</c>, to 100 ns.</summary>
internal sealed class InstantAsUtc : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset().ToUniversalTime();

    // The writer spells a UTC DateTime with "Z"; a DateTimeOffset would be spelled with "+00:00".
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime);
}
