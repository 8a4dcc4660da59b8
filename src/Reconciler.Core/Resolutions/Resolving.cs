using System.Collections.Immutable;
using System.Diagnostics;

namespace Reconciler.Core;

/// <summary>What a person's word comes to: an event to append, or why it does not count. Exactly one of the two.</summary>
public sealed record Judged(PayoutEvent? Event, ResolutionRefusal? Refusal)
{
    internal static Judged Refused(ResolutionRefusal why) => new(null, why);
}

/// <summary>
/// Four eyes. Pure: to be asked with the payout as it stands under its row's lock, so that "new since the proposal" is judged against
/// everything that has been committed.
/// </summary>
public static class Resolving
{
    /// <exception cref="ArgumentException">The proposed outcome is not final.</exception>
    public static Judged Judge(Payout payout, PersonsWord word) => word switch
    {
        Propose propose => OnProposal(payout, propose),
        Approve approve => Refusal(payout, approve.Resolution, approve) is { } refusal
            ? Judged.Refused(refusal)
            : new Judged(Approved(payout, approve), null),
        Reject reject => Refusal(payout, reject.Resolution, reject) is { } refusal
            ? Judged.Refused(refusal)
            : new Judged(new ResolutionRejected(payout.Id, reject.At, reject.Resolution, reject.Note, reject.By), null),
        _ => throw new UnreachableException(word.GetType().Name),
    };

    /// <summary>Why the kind of a case does not allow an outcome; null where it does.</summary>
    public static ResolutionRefusal? RefusalOf(DiscrepancyKind kind, PayoutStatus? outcome) =>
        outcome is null && kind == DiscrepancyKind.Overdue ? ResolutionRefusal.CannotBeAccepted : null;

    private static Judged OnProposal(Payout payout, Propose word)
    {
        if (word.Outcome is { } outcome && !outcome.IsFinal()) throw new ArgumentException("A resolution's outcome is a final status.", nameof(word));
        if (payout.OpenCases.FirstOrDefault(known => known.Id == word.Discrepancy) is not { } open) return Judged.Refused(ResolutionRefusal.CaseClosed);
        if (RefusalOf(open.Kind, word.Outcome) is { } unfit) return Judged.Refused(unfit);
        // People may change their own minds, and what can no longer be decided stands in nobody's way.
        var waits = payout.Pending.Any(known => known.Discrepancy == word.Discrepancy && known.By != word.By && known.IsLive(word.At));
        return waits
            ? Judged.Refused(ResolutionRefusal.ProposalPending)
            : new Judged(new ResolutionProposed(
                payout.Id, word.At, word.Resolution, word.Outcome, word.Note, word.By, word.Discrepancy, word.ExpiresAt), null);
    }

    private static ResolutionRefusal? Refusal(Payout payout, Guid resolution, PersonsWord word) =>
        payout.Pending.FirstOrDefault(known => known.Id == resolution) switch
        {
            null => ResolutionRefusal.NotPending,
            { By: var proposer } when proposer == word.By => ResolutionRefusal.SamePerson,
            { StaleSince: not null } => ResolutionRefusal.NewEvidence,
            { ExpiresAt: var end } when word.At >= end => ResolutionRefusal.Expired,
            _ => null,
        };

    private static ResolutionApproved Approved(Payout payout, Approve word)
    {
        var proposal = payout.Pending.First(known => known.Id == word.Resolution);
        var kind = payout.Cases.First(known => known.Id == proposal.Discrepancy).Kind;
        ImmutableArray<SettledDiscrepancy> settles =
        [
            .. Discrepancies.Of(payout, Derivation.Derive(payout))
                .Where(found => proposal.Outcome is not null || found.Kind == kind)
                .Select(found => new SettledDiscrepancy(found.Kind, found.Evidence)),
        ];
        ImmutableArray<SeenFinal>? seen = proposal.Outcome is null
            ? null
            : [.. payout.Claims.All.Where(claim => claim.Status.IsFinal()).Select(claim => new SeenFinal(claim.Source, claim.Status))
                .OrderBy(seen => seen.Source).ThenBy(seen => seen.Status)];
        return new ResolutionApproved(payout.Id, Latest(payout, word.At), word.Resolution, proposal.Outcome, word.By, settles, seen, word.Note);
    }

    // The latest resolution holds, by its time. Clocks differ among nodes and are set back: what people decide with an earlier one
    // before them is later, whatever the clock says.
    private static DateTimeOffset Latest(Payout payout, DateTimeOffset at) =>
        payout.Resolution is { ApprovedAt: var before } && before >= at ? before.AddMicroseconds(1) : at;
}
