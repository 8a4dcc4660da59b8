using System.Collections.Immutable;

namespace Reconciler.Core;

/// <summary>
/// A payout's state as the read model stores it. Every append reads and writes it, so it is compact: one piece of evidence names several
/// things at once, so each sighting stands once and is named by its place. It can always be made anew from the stream: when its layout
/// has to change, take another <see cref="Layout"/> and let stored states of the old one be folded again.
/// </summary>
/// <remarks>Enums stand by their number: new values are added at their end.</remarks>
public static class PayoutState
{
    public const byte Layout = 1;
    private const int UsualBytes = 640;

    public static byte[] Write(Payout payout)
    {
        ArgumentNullException.ThrowIfNull(payout);
        var seen = new List<Sighting>(4);
        foreach (var claim in payout.Claims.All) Place(seen, claim.First);
        foreach (var fact in payout.Claims.Facts) Place(seen, fact.First);
        if (payout.FirstEvidence is { } first) Place(seen, first);

        var to = new CompactWriter(UsualBytes);
        to.Byte(Layout);
        to.Number((long)Has(payout));
        to.Number(payout.StatusVersion);
        to.Number(payout.PollsSinceHeard);
        if (payout.Status is { } status) to.Byte((byte)status);
        if (payout.ExpectedAt is { } expectedAt) to.Instant(expectedAt);
        if (payout.FinalAt is { } finalAt) to.Instant(finalAt);
        if (payout.LastHeardAt is { } heardAt) to.Instant(heardAt);
        if (payout.LastPolledAt is { } polledAt) to.Instant(polledAt);
        if (payout.OverdueAt is { } overdueAt) to.Instant(overdueAt);
        to.Number(seen.Count);
        foreach (var sighting in seen)
        {
            to.Instant(sighting.At);
            to.Digest(sighting.Digest);
        }

        if (payout.FirstEvidence is { } evidence) to.Number(Place(seen, evidence));
        to.Number(payout.Claims.All.Length);
        foreach (var claim in payout.Claims.All) ClaimState.Write(ref to, claim, Place(seen, claim.First));
        to.Number(payout.Claims.Facts.Length);
        foreach (var fact in payout.Claims.Facts)
        {
            to.Byte((byte)fact.Kind);
            to.Number(Place(seen, fact.First));
            to.Text(fact.Value);
        }

        to.Number(payout.Cases.Length);
        foreach (var known in payout.Cases)
        {
            to.Id(known.Id);
            to.Byte((byte)known.Kind);
            to.Byte(known.Open ? (byte)1 : (byte)0);
        }

        if (payout.Expected is { } expected) ExpectationState.Write(ref to, expected);
        if (payout.Resolution is { } resolution) ResolutionState.Write(ref to, resolution);
        PeoplesState.Write(ref to, payout);
        return to.Finish();
    }

    /// <param name="id">Not part of the bytes: it is the key of the row that holds them.</param>
    /// <exception cref="InvalidDataException">The bytes are not a state of this layout.</exception>
    public static Payout Read(PayoutId id, ReadOnlySpan<byte> bytes)
    {
        var from = new CompactReader(bytes);
        var layout = from.Byte();
        if (layout != Layout) throw new InvalidDataException($"The state of '{id}' has layout {layout}, not {Layout}.");
        var has = (Part)from.Number();
        var (statusVersion, pollsSinceHeard) = (from.Number(), checked((int)from.Number()));
        var payout = new Payout(id)
        {
            StatusVersion = statusVersion,
            PollsSinceHeard = pollsSinceHeard,
            Status = has.HasFlag(Part.Status) ? (PayoutStatus)from.Byte() : null,
            ExpectedAt = has.HasFlag(Part.ExpectedAt) ? from.Instant() : null,
            FinalAt = has.HasFlag(Part.FinalAt) ? from.Instant() : null,
            LastHeardAt = has.HasFlag(Part.LastHeardAt) ? from.Instant() : null,
            LastPolledAt = has.HasFlag(Part.LastPolledAt) ? from.Instant() : null,
            OverdueAt = has.HasFlag(Part.OverdueAt) ? from.Instant() : null,
        };
        var seen = new Sighting[from.Count()];
        for (var at = 0; at < seen.Length; at++) seen[at] = new Sighting(from.Instant(), from.Digest());
        var first = has.HasFlag(Part.FirstEvidence) ? Seen(seen, ref from) : (Sighting?)null;
        var claims = ImmutableArray.CreateBuilder<Claim>(from.Count());
        for (var left = claims.Capacity; left > 0; left--) claims.Add(ClaimState.Read(ref from, seen));
        var facts = ImmutableArray.CreateBuilder<Fact>(from.Count());
        for (var left = facts.Capacity; left > 0; left--)
        {
            var (kind, sighting) = ((FactKind)from.Byte(), Seen(seen, ref from));
            facts.Add(new Fact(kind, from.Text(), sighting));
        }

        var cases = ImmutableArray.CreateBuilder<Case>(from.Count());
        for (var left = cases.Capacity; left > 0; left--) cases.Add(new Case(from.Id(), (DiscrepancyKind)from.Byte(), from.Byte() == 1));
        payout = payout with
        {
            FirstEvidence = first,
            Claims = claims.Count + facts.Count == 0 ? Claims.None : new Claims(claims.MoveToImmutable(), facts.MoveToImmutable()),
            Cases = cases.MoveToImmutable(),
            Expected = has.HasFlag(Part.Expected) ? ExpectationState.Read(ref from) : null,
            Resolution = has.HasFlag(Part.Resolution) ? ResolutionState.Read(ref from) : null,
        };
        payout = PeoplesState.Read(ref from, payout, has.HasFlag(Part.Seen), has.HasFlag(Part.Accepted), has.HasFlag(Part.Proposals));
        return from.AtEnd ? payout : throw new InvalidDataException($"The state of '{id}' is longer than it says.");
    }

    internal static Sighting Seen(Sighting[] seen, ref CompactReader from)
    {
        var place = from.Number();
        return place < seen.Length ? seen[place] : throw new InvalidDataException("A sighting is named that is not there.");
    }

    private static int Place(List<Sighting> seen, Sighting sighting)
    {
        var place = seen.IndexOf(sighting);
        if (place >= 0) return place;
        seen.Add(sighting);
        return seen.Count - 1;
    }

    private static Part Has(Payout payout) =>
        (payout.Status is null ? 0 : Part.Status)
        | (payout.ExpectedAt is null ? 0 : Part.ExpectedAt)
        | (payout.FinalAt is null ? 0 : Part.FinalAt)
        | (payout.LastHeardAt is null ? 0 : Part.LastHeardAt)
        | (payout.LastPolledAt is null ? 0 : Part.LastPolledAt)
        | (payout.OverdueAt is null ? 0 : Part.OverdueAt)
        | (payout.FirstEvidence is null ? 0 : Part.FirstEvidence)
        | (payout.Expected is null ? 0 : Part.Expected)
        | (payout.Resolution is null ? 0 : Part.Resolution)
        | (payout.Resolution?.Seen is null ? 0 : Part.Seen)
        | (payout.Accepted is null ? 0 : Part.Accepted)
        | (payout.Proposals is null ? 0 : Part.Proposals);

    [Flags]
    private enum Part
    {
        Status = 1,
        ExpectedAt = 2,
        FinalAt = 4,
        LastHeardAt = 8,
        LastPolledAt = 16,
        OverdueAt = 32,
        FirstEvidence = 64,
        Expected = 128,
        Resolution = 256,
        Seen = 512,
        Accepted = 1024,
        Proposals = 2048,
    }
}
