using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reconciler.Core;

/// <summary>
/// Claims as they are stored: one piece of evidence names several things at once, so each sighting is written once and named by its
/// place. Read and written by hand, member by member in a fixed order, because every append does both.
/// </summary>
public sealed class ClaimsConverter : JsonConverter<Claims>
{
    public override Claims Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var seen = new List<Sighting>(4);
        Expect(ref reader, "seen"u8);
        while (Next(ref reader)) seen.Add(ReadSighting(ref reader));

        var claims = ImmutableArray.CreateBuilder<Claim>(4);
        Expect(ref reader, "all"u8);
        while (Next(ref reader)) claims.Add(ReadClaim(ref reader, seen, options));

        var facts = ImmutableArray.CreateBuilder<Fact>(8);
        Expect(ref reader, "facts"u8);
        while (Next(ref reader)) facts.Add(ReadFact(ref reader, seen));

        reader.Read();
        return new Claims(claims.DrainToImmutable(), facts.DrainToImmutable());
    }

    public override void Write(Utf8JsonWriter writer, Claims value, JsonSerializerOptions options)
    {
        var seen = new List<Sighting>(4);
        foreach (var claim in value.All) Place(seen, claim.First);
        foreach (var fact in value.Facts) Place(seen, fact.First);

        writer.WriteStartObject();
        writer.WriteStartArray("seen"u8);
        foreach (var sighting in seen)
        {
            writer.WriteStartObject();
            writer.WriteString("at"u8, sighting.At.UtcDateTime);
            writer.WriteString("digest"u8, sighting.Digest.ToString());
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("all"u8);
        foreach (var claim in value.All) WriteClaim(writer, claim, Place(seen, claim.First), options);
        writer.WriteEndArray();
        writer.WriteStartArray("facts"u8);
        foreach (var fact in value.Facts)
        {
            writer.WriteStartObject();
            writer.WriteString("kind"u8, fact.Kind.Word());
            writer.WriteString("value"u8, fact.Value);
            writer.WriteNumber("first"u8, Place(seen, fact.First));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static int Place(List<Sighting> seen, Sighting sighting)
    {
        var place = seen.IndexOf(sighting);
        if (place >= 0) return place;
        seen.Add(sighting);
        return seen.Count - 1;
    }

    private static void WriteClaim(Utf8JsonWriter writer, Claim claim, int first, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("source"u8, claim.Source.Word());
        writer.WriteString("status"u8, claim.Status.Word());
        writer.WriteNumber("first"u8, first);
        if (claim.Failure is not null)
        {
            writer.WritePropertyName("failure"u8);
            JsonSerializer.Serialize(writer, claim.Failure, options);
        }

        if (claim.OccurredAt is { } occurredAt) writer.WriteString("occurredAt"u8, occurredAt.UtcDateTime);
        writer.WriteEndObject();
    }

    private static Sighting ReadSighting(ref Utf8JsonReader reader)
    {
        Member(ref reader, "at"u8);
        var at = reader.GetDateTimeOffset();
        Member(ref reader, "digest"u8);
        var digest = EvidenceDigest.Parse(reader.GetString()!);
        reader.Read();
        return new Sighting(at, digest);
    }

    private static Claim ReadClaim(ref Utf8JsonReader reader, List<Sighting> seen, JsonSerializerOptions options)
    {
        Member(ref reader, "source"u8);
        var source = EnumWords<ClaimSource>.Parse(reader.GetString()!);
        Member(ref reader, "status"u8);
        var status = EnumWords<PayoutStatus>.Parse(reader.GetString()!);
        Member(ref reader, "first"u8);
        var first = seen[reader.GetInt32()];
        Failure? failure = null;
        DateTimeOffset? occurredAt = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isFailure = reader.ValueTextEquals("failure"u8);
            reader.Read();
            if (isFailure) failure = JsonSerializer.Deserialize<Failure>(ref reader, options);
            else occurredAt = reader.GetDateTimeOffset();
        }

        return new Claim(source, status, first, failure, occurredAt);
    }

    private static Fact ReadFact(ref Utf8JsonReader reader, List<Sighting> seen)
    {
        Member(ref reader, "kind"u8);
        var kind = EnumWords<FactKind>.Parse(reader.GetString()!);
        Member(ref reader, "value"u8);
        var value = reader.GetString()!;
        Member(ref reader, "first"u8);
        var first = seen[reader.GetInt32()];
        reader.Read();
        return new Fact(kind, value, first);
    }

    /// <summary>Moves to the array that is the next member.</summary>
    private static void Expect(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        Member(ref reader, name);
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("Expected an array.");
    }

    /// <summary>Moves to the next element of an array; false at its end.</summary>
    private static bool Next(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.StartObject;

    /// <summary>Moves to the value of the next member, which must be this one.</summary>
    private static void Member(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals(name))
            throw new JsonException("The claims are not as they were written.");
        reader.Read();
    }
}
