using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Reconciler.Streams;

/// <summary>How an event is written in <c>mt_events.data</c>.</summary>
public static class EventJson
{
    /// <summary>
    /// camelCase members, enums as lower camel strings (never numbers), instants as RFC 3339 UTC ending in <c>Z</c>,
    /// decimals as strings, null members left out, unknown members of a newer writer skipped on reading.
    /// </summary>
    /// <param name="resolver">A source-generated context, or null for reflection.</param>
    /// <param name="converters">The caller's own value types; they come before the converters of this class.</param>
    public static JsonSerializerOptions Options(IJsonTypeInfoResolver? resolver = null, params IEnumerable<JsonConverter> converters)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
            // Nothing here is ever part of a web page; raw UTF-8 is shorter to store and cheaper for PostgreSQL to parse than \uXXXX.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = resolver ?? new DefaultJsonTypeInfoResolver(),
        };
        foreach (var converter in converters)
        {
            options.Converters.Add(converter);
        }

        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.Converters.Add(new InstantAsUtc());
        options.Converters.Add(new DecimalAsString());
        options.MakeReadOnly();
        return options;
    }
}
