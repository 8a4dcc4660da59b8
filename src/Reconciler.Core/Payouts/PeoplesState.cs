using System.Collections.Immutable;

namespace Reconciler.Core;

/// <summary>What people propose and decided within a stored state: the last parts of it, and absent from almost every one.</summary>
internal static class PeoplesState
{
    private const byte HasOutcome = 1;
    private const byte IsStale = 2;

    internal static void Write(ref CompactWriter to, Payout payout)
    {
        if (payout.Resolution?.Seen is { } seen)
        {
            to.Number(seen.Length);
            foreach (var final in seen)
            {
                to.Byte((byte)final.Source);
                to.Byte((byte)final.Status);
            }
        }

        if (payout.Accepted is { } accepted) ResolutionState.Write(ref to, accepted.Settles);
        if (payout.Proposals is not { } proposals) return;
        to.Number(proposals.Length);
        foreach (var proposal in proposals)
        {
            to.Id(proposal.Id);
            to.Id(proposal.Discrepancy);
            to.Byte((byte)((proposal.Outcome is null ? 0 : HasOutcome) | (proposal.StaleSince is null ? 0 : IsStale)));
            to.Text(proposal.By);
            to.Instant(proposal.ExpiresAt);
            if (proposal.Outcome is { } outcome) to.Byte((byte)outcome);
            if (proposal.StaleSince is { } since) to.Instant(since);
        }
    }

    internal static Payout Read(ref CompactReader from, Payout payout, bool hasSeen, bool hasAccepted, bool hasProposals)
    {
        if (hasSeen) payout = payout with { Resolution = payout.Resolution! with { Seen = Seen(ref from) } };
        if (hasAccepted) payout = payout with { Accepted = new AcceptedDiscrepancies(ResolutionState.Settles(ref from)) };
        return hasProposals ? payout with { Proposals = Proposals(ref from) } : payout;
    }

    private static ImmutableArray<SeenFinal> Seen(ref CompactReader from)
    {
        var seen = ImmutableArray.CreateBuilder<SeenFinal>(from.Count());
        for (var left = seen.Capacity; left > 0; left--) seen.Add(new SeenFinal((ClaimSource)from.Byte(), (PayoutStatus)from.Byte()));
        return seen.MoveToImmutable();
    }

    private static ImmutableArray<Proposal> Proposals(ref CompactReader from)
    {
        var proposals = ImmutableArray.CreateBuilder<Proposal>(from.Count());
        for (var left = proposals.Capacity; left > 0; left--)
        {
            var (id, discrepancy, has, by, expiresAt) = (from.Id(), from.Id(), from.Byte(), from.Text(), from.Instant());
            PayoutStatus? outcome = (has & HasOutcome) != 0 ? (PayoutStatus)from.Byte() : null;
            proposals.Add(new Proposal(id, discrepancy, outcome, by, expiresAt, (has & IsStale) != 0 ? from.Instant() : null));
        }

        return proposals.MoveToImmutable();
    }
}
