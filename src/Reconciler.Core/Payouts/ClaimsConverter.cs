using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reconciler.Core;

/// <summary>
/// Claims as they are stored: one piece of evidence names several things at once, so each sighting is written once and named by its place.
/// </summary>
public sealed class ClaimsConverter : JsonConverter<Claims>
{
    private sealed record Kept(ImmutableArray<Sighting> Seen, ImmutableArray<KeptClaim> All, ImmutableArray<KeptFact> Facts);

    private sealed record KeptClaim(ClaimSource Source, PayoutStatus Status, int First, Failure? Failure, DateTimeOffset? OccurredAt);

    private sealed record KeptFact(FactKind Kind, string Value, int First);

    public override Claims Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var kept = JsonSerializer.Deserialize<Kept>(ref reader, options) ?? throw new JsonException("Claims are never null.");
        return new Claims(
            [.. kept.All.Select(claim => new Claim(claim.Source, claim.Status, kept.Seen[claim.First], claim.Failure, claim.OccurredAt))],
            [.. kept.Facts.Select(fact => new Fact(fact.Kind, fact.Value, kept.Seen[fact.First]))]);
    }

    public override void Write(Utf8JsonWriter writer, Claims value, JsonSerializerOptions options)
    {
        var seen = ImmutableArray.CreateBuilder<Sighting>();
        var claims = ImmutableArray.CreateRange(
            value.All, claim => new KeptClaim(claim.Source, claim.Status, Place(claim.First), claim.Failure, claim.OccurredAt));
        var facts = ImmutableArray.CreateRange(value.Facts, fact => new KeptFact(fact.Kind, fact.Value, Place(fact.First)));
        JsonSerializer.Serialize(writer, new Kept(seen.ToImmutable(), claims, facts), options);

        int Place(Sighting sighting)
        {
            var place = seen.IndexOf(sighting);
            if (place >= 0) return place;
            seen.Add(sighting);
            return seen.Count - 1;
        }
    }
}
