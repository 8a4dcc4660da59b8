using System.Collections.Immutable;

namespace Reconciler.Core;

/// <summary>What two people decided, and the evidence that was before them, then or at an earlier resolution.</summary>
/// <param name="Settles">One entry a kind, its digests in order.</param>
/// <param name="Seen">The finals that the provider had claimed by then; null where that was not written down.</param>
public sealed record ApprovedResolution(
    Guid Id, PayoutStatus Outcome, DateTimeOffset ApprovedAt, ImmutableArray<SettledDiscrepancy> Settles, ImmutableArray<SeenFinal>? Seen = null)
{
    /// <summary>The later one's outcome; what the earlier one settled stays settled.</summary>
    public static ApprovedResolution Later(ApprovedResolution? left, ApprovedResolution right)
    {
        right = right with { Settles = Settled.Together(right.Settles) };
        if (left is null) return right;
        var later = (right.ApprovedAt, right.Id).CompareTo((left.ApprovedAt, left.Id)) > 0 ? right : left;
        return later with { Settles = Settled.Together(left.Settles.Concat(right.Settles)) };
    }

    /// <summary>
    /// Whether a claim came after people had decided. By what they had before them and not by its time: a webhook that was on its way
    /// while they decided was heard before, and yet they did not know it.
    /// </summary>
    public bool CameBefore(Claim claim) =>
        Seen is { } seen ? !seen.Contains(new SeenFinal(claim.Source, claim.Status)) : claim.First.At > ApprovedAt;
}

/// <summary>What two people accepted as it is: the disagreements are settled, and the status stays what the rules say.</summary>
/// <param name="Settles">One entry a kind, its digests in order.</param>
public sealed record AcceptedDiscrepancies(ImmutableArray<SettledDiscrepancy> Settles)
{
    /// <summary>Acceptances are a set: in whatever order they are joined, the same is accepted.</summary>
    public static AcceptedDiscrepancies Joined(AcceptedDiscrepancies? known, ImmutableArray<SettledDiscrepancy> more) =>
        new(Settled.Together([.. known?.Settles ?? [], .. more]));
}

internal static class Settled
{
    internal static ImmutableArray<SettledDiscrepancy> Together(IEnumerable<SettledDiscrepancy> settled) =>
    [
        .. settled.GroupBy(one => one.Kind).OrderBy(ofAKind => ofAKind.Key)
            .Select(ofAKind => new SettledDiscrepancy(ofAKind.Key, [.. ofAKind.SelectMany(one => one.Evidence).Distinct().Order()])),
    ];

    /// <summary>Whether people had all of this evidence before them.</summary>
    internal static bool Covers(this ImmutableArray<SettledDiscrepancy> settles, Discrepancy found)
    {
        foreach (var settled in settles)
            if (settled.Kind == found.Kind && found.Evidence.All(settled.Evidence.Contains)) return true;
        return false;
    }
}
