using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Reconciler.Streams;

/// <summary>
/// One spelling for each JSON value: members in ordinal order of their names, no blanks, text escaped as <see cref="Utf8JsonWriter"/>
/// does. jsonb gives back another order and other escapes than it was given; both have the same canonical form.
/// </summary>
public static class CanonicalJson
{
    // jsonb takes deeper values than a reader does by itself; what a foreign hand wrote must be judged, too.
    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = 1_000 };

    /// <summary>The canonical form of one JSON value in UTF-8.</summary>
    /// <exception cref="JsonException">It is no JSON value.</exception>
    public static byte[] Of(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, Depth);
        using var bytes = new MemoryStream(json.Length);
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { MaxDepth = Depth.MaxDepth }))
        {
            Write(writer, document.RootElement);
        }

        return bytes.ToArray();
    }

    /// <summary>
    /// Makes a serializer write the members of its types in canonical order, so that what it writes need not be put in order afterwards.
    /// Entries of a dictionary come as the dictionary gives them.
    /// </summary>
    internal static void Order(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }

        var place = 0;
        foreach (var member in type.Properties.OrderBy(member => member.Name, StringComparer.Ordinal))
        {
            member.Order = place++;
        }
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
