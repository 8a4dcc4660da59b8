using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Reconciler.Core.Tests.Laws;

public class Claims_are_a_join
{
    private static readonly Gen<Sighting> Sightings = from at in Stories.Instant from digest in Stories.Digest select new Sighting(at, digest);

    private static readonly Gen<Claim> Claim =
        from source in Gen.Elements(Enum.GetValues<ClaimSource>())
        from status in Gen.Elements(Enum.GetValues<PayoutStatus>())
        from first in Sightings
        from said in Stories.Observation
        select new Claim(source, status, first, said.Failure, said.OccurredAt);

    // Far more values than are kept of one kind, so that the bound is at work.
    private static readonly Gen<Fact> Fact =
        from kind in Gen.Elements(FactKind.Amount, FactKind.UnrecognisedWord)
        from value in Gen.Choose(0, 3 * Claims.FactsOfAKindMax)
        from first in Sightings
        select new Fact(kind, value.ToString(CultureInfo.InvariantCulture), first);

    private static readonly Gen<(Claim[] Claims, Fact[] Facts)> Some =
        from claims in Gen.ArrayOf(Claim)
        from facts in Gen.ArrayOf(Fact, 40)
        select (claims, facts);

    [Fact]
    public void The_order_of_adding_does_not_matter() => Law.HoldsFor(
        from some in Some
        from claims in Gen.Shuffle(some.Claims)
        from facts in Gen.Shuffle(some.Facts)
        select (some, Other: (claims, facts)),
        two => Text(Joined(Claims.None, two.Other)).ShouldBe(Text(Joined(Claims.None, two.some))));

    [Fact]
    public void Adding_twice_adds_nothing() => Law.HoldsFor(Some, some =>
    {
        var once = Joined(Claims.None, some);
        Text(Joined(once, some)).ShouldBe(Text(once));
    });

    [Fact]
    public void Grouping_does_not_matter() => Law.HoldsFor(from first in Some from second in Some select (first, second), two =>
    {
        var oneByOne = Joined(Joined(Claims.None, two.first), two.second);
        var second = Joined(Claims.None, two.second);
        var groups = Joined(Joined(Claims.None, two.first), (second.All.ToArray(), second.Facts.ToArray()));
        Text(groups).ShouldBe(Text(oneByOne));
    });

    [Fact]
    public void Of_each_kind_the_earliest_few_are_kept() => Law.HoldsFor(Some, some =>
    {
        var kept = Joined(Claims.None, some);
        foreach (var kind in new[] { FactKind.Amount, FactKind.UnrecognisedWord })
            kept.Of(kind).Select(fact => fact.Value).ShouldBe(some.Facts
                .Where(fact => fact.Kind == kind)
                .GroupBy(fact => fact.Value)
                .OrderBy(sightings => sightings.Min(fact => fact.First)).ThenBy(sightings => sightings.Key, StringComparer.Ordinal)
                .Take(Claims.FactsOfAKindMax)
                .Select(sightings => sightings.Key));
    });

    private static Claims Joined(Claims claims, (Claim[] Claims, Fact[] Facts) some)
    {
        foreach (var claim in some.Claims) claims = claims.Joining(claim);
        foreach (var fact in some.Facts) claims = claims.Joining(fact);
        return claims;
    }

    // What is kept, whatever the order it is kept in.
    private static string Text(Claims claims) => string.Join('\n',
        claims.All.Select(claim => claim.ToString()).Concat(claims.Facts.Select(fact => fact.ToString())).Order(StringComparer.Ordinal));
}
