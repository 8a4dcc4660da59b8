using System.Collections.Immutable;

namespace Reconciler.Core;

/// <summary>By whom a status was claimed. The order is the rank: a poll's word holds over a webhook's.</summary>
public enum ClaimSource
{
    /// <summary>A verified webhook, heard while the connection demanded a poll before a webhook's final counts.</summary>
    WebhookToVerify,

    /// <summary>A verified webhook that counts by itself.</summary>
    Webhook,

    /// <summary>The provider's answer to our own request.</summary>
    Poll,
}

/// <summary>One status that one kind of source claimed, with the first evidence that did.</summary>
public sealed record Claim(ClaimSource Source, PayoutStatus Status, Sighting First, Failure? Failure, DateTimeOffset? OccurredAt)
{
    /// <summary>
    /// Whether this claim comes first. By sighting; two readings of the very same bytes (before and after an adapter was mended) are
    /// told apart by what they say, so that the order is total and the first of a set does not depend on how it arrived.
    /// </summary>
    public bool IsBefore(Claim other)
    {
        var order = First.CompareTo(other.First);
        if (order == 0) order = Source.CompareTo(other.Source);
        if (order == 0) order = Status.CompareTo(other.Status);
        if (order == 0) order = Nullable.Compare(OccurredAt, other.OccurredAt);
        if (order == 0) order = string.CompareOrdinal(Failure?.ToString(), other.Failure?.ToString());
        return order < 0;
    }
}

/// <summary>What kind of thing evidence said besides a status.</summary>
public enum FactKind
{
    Amount,
    Currency,
    Recipient,
    Reference,
    ProviderReference,
    UnrecognisedWord,
    NotFound,
    Delivery,
}

/// <summary>One value that evidence named, with the first evidence that did.</summary>
public sealed record Fact(FactKind Kind, string Value, Sighting First);

/// <summary>
/// All that the evidence of a payout says. Evidence is a set, so this is a join: adding is commutative, associative and idempotent,
/// and order, repetition and retries cannot matter. It stays small: for each claim and each fact only the first sighting is kept, and
/// of facts of one kind the earliest <see cref="FactsOfAKindMax"/> (the earliest few of a set are a join, too).
/// </summary>
public sealed record Claims(ImmutableArray<Claim> All, ImmutableArray<Fact> Facts)
{
    public const int FactsOfAKindMax = 8;

    public static Claims None { get; } = new([], []);

    public Claims Joining(Claim claim)
    {
        for (var at = 0; at < All.Length; at++)
        {
            var known = All[at];
            if (known.Source == claim.Source && known.Status == claim.Status)
                return claim.IsBefore(known) ? this with { All = All.SetItem(at, claim) } : this;
        }

        return this with { All = All.Add(claim) };
    }

    public Claims Joining(Fact fact)
    {
        Fact? latest = null;
        var ofThisKind = 0;
        foreach (var known in Facts)
        {
            if (known.Kind != fact.Kind) continue;
            if (known.Value == fact.Value) return fact.First < known.First ? this with { Facts = Facts.Replace(known, fact) } : this;
            ofThisKind++;
            if (latest is null || Later(known, latest)) latest = known;
        }

        if (ofThisKind < FactsOfAKindMax) return this with { Facts = Facts.Add(fact) };
        return Later(latest!, fact) ? this with { Facts = Facts.Replace(latest!, fact) } : this;
    }

    /// <summary>The earliest final of one source, or null.</summary>
    public Claim? EarliestFinal(ClaimSource source)
    {
        Claim? earliest = null;
        foreach (var claim in All)
            if (claim.Source == source && claim.Status.IsFinal() && (earliest is null || claim.IsBefore(earliest)))
                earliest = claim;
        return earliest;
    }

    public IEnumerable<Claim> Finals(ClaimSource source) => All.Where(claim => claim.Source == source && claim.Status.IsFinal());

    /// <summary>The values of one kind, earliest first.</summary>
    public IReadOnlyList<Fact> Of(FactKind kind)
    {
        List<Fact>? facts = null;
        foreach (var fact in Facts)
            if (fact.Kind == kind)
                (facts ??= []).Add(fact);
        facts?.Sort((left, right) => Later(left, right) ? 1 : -1);
        return facts ?? (IReadOnlyList<Fact>)[];
    }

    /// <summary>The first of one kind, or null.</summary>
    public Fact? Earliest(FactKind kind)
    {
        Fact? earliest = null;
        foreach (var fact in Facts)
            if (fact.Kind == kind && (earliest is null || Later(earliest, fact)))
                earliest = fact;
        return earliest;
    }

    // Two facts of one sighting are told apart by their values, so that the order is total.
    private static bool Later(Fact left, Fact right)
    {
        var bySighting = left.First.CompareTo(right.First);
        return bySighting != 0 ? bySighting > 0 : string.CompareOrdinal(left.Value, right.Value) > 0;
    }
}
