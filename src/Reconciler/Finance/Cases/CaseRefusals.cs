using Reconciler.Access;
using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Finance.Cases;

/// <summary>Every way in which a person's word on a case is refused, each with its own type and what to do.</summary>
internal static class CaseRefusals
{
    internal static Problem Unknown(Guid id) => Unknown(id.ToString());

    internal static Problem Unknown(string id) => new(ProblemKind.DiscrepancyUnknown, $"There is no discrepancy {id}.");

    internal static Problem UnknownProposal(Guid id, int number) => new(ProblemKind.ProposalUnknown, $"The discrepancy {id} has no proposal {number}.");

    internal static Problem? Missing(Actor actor, string scope) =>
        actor.May(scope) ? null : new Problem(ProblemKind.ScopeMissing, $"This needs the scope '{scope}'.");

    internal static Problem Of(ResolutionRefusal why, ProposalAnswer? proposal, CaseAnswer found) => why switch
    {
        ResolutionRefusal.CaseClosed => new Problem(ProblemKind.CaseClosed, $"The case is closed: {found.ClosedBecause ?? "it was settled in this moment."}"),
        ResolutionRefusal.CannotBeAccepted => Problem.Invalid(
            "outcome", "An overdue payout is settled by saying what became of it. Dismissed, it would stay without an outcome and nobody would look any more."),
        ResolutionRefusal.ProposalPending => new Problem(
            ProblemKind.ProposalPending,
            found.Proposal is { } waiting
                ? $"Proposal {waiting.Number} of {waiting.ProposedBy.Name} waits for a decision. Approve or reject it first."
                : "A proposal waits for a decision. Approve or reject it first."),
        ResolutionRefusal.NotPending => new Problem(ProblemKind.ProposalDecided, proposal is null ? "No proposal waits for a decision." : Decided(proposal)),
        ResolutionRefusal.SamePerson => new Problem(ProblemKind.SamePerson, "You proposed it yourself. Another person has to decide."),
        ResolutionRefusal.NewEvidence => new Problem(
            ProblemKind.ProposalStale, "Something new was said about the payout since it was proposed. Look at the evidence, and propose again."),
        ResolutionRefusal.Expired => new Problem(
            ProblemKind.ProposalExpired,
            proposal is null ? "It was proposed too long ago. Propose again." : $"It could be decided until {InstantConverter.Text(proposal.ExpiresAt)}. Propose again."),
    };

    private static string Decided(ProposalAnswer proposal)
    {
        var (who, at) = (proposal.DecidedBy?.Name, proposal.DecidedAt is { } decided ? InstantConverter.Text(decided) : "before");
        return proposal.State switch
        {
            ProposalState.Approved => $"{who} approved it at {at}.",
            ProposalState.Rejected => $"{who} rejected it at {at}.",
            ProposalState.Superseded => $"A newer proposal stands in its place since {at}.",
            ProposalState.Moot => $"The case closed at {at}: {proposal.DecisionNote}",
            _ => "The proposal does not wait any more.",
        };
    }
}
