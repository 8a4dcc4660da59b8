using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reconciler.Streams.Tests;

public enum Colour
{
    DeepRed,
    Green,
}

public sealed record Amount(decimal Value, string Currency);

public sealed record BoxOpened(string Label);

public sealed record BoxPainted(Colour Colour, DateTimeOffset PaintedAt, Amount? Price, ImmutableDictionary<string, string> Notes);

public sealed record BoxClosed(long Count, bool Sealed, string? Reason, JsonElement? Attachment);

/// <summary>An application of this test's own: boxes.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new DecimalText() },
    };

    public static EventRegistry Registry { get; } = new(Json, typeof(BoxOpened), typeof(BoxPainted), typeof(BoxClosed));

    public static EventAppender Appender { get; } = new(Registry, "box");

    public static EventReader Reader { get; } = new(Registry);

    public static EventToAppend Opened(string label) => new(Guid.CreateVersion7(), new BoxOpened(label));

    public static StreamAppend ToStream(string streamId, long expectedVersion, params string[] labels) =>
        new(streamId, expectedVersion, Array.ConvertAll(labels, Opened));

    private sealed class DecimalText : JsonConverter<decimal>
    {
        public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            decimal.Parse(reader.GetString()!, NumberStyles.Number, CultureInfo.InvariantCulture);

        public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }
}
