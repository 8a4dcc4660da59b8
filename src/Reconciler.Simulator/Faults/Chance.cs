using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reconciler.Simulator.Faults;

/// <summary>A chance, in JSON <c>true</c>, <c>false</c> or a number from 0 to 1; counted per million.</summary>
[JsonConverter(typeof(ChanceConverter))]
public readonly record struct Chance(int PerMillion);

public sealed class ChanceConverter : JsonConverter<Chance>
{
    public override Chance Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.True => new Chance(1_000_000),
        JsonTokenType.False => default,
        JsonTokenType.Number when reader.TryGetDecimal(out var chance) && chance is >= 0 and <= 1 => new Chance((int)(chance * 1_000_000)),
        _ => throw new JsonException("A chance is true, false, or a number from 0 to 1."),
    };

    public override void Write(Utf8JsonWriter writer, Chance value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.PerMillion / 1_000_000m);
}
