using System.Collections.Immutable;
using Reconciler.Core;

namespace Reconciler.Finance.Cases;

public enum CaseStepKind
{
    Opened,
    Assigned,
    Unassigned,
    Noted,
    Proposed,
    TurnedStale,
    Approved,
    Rejected,
    Superseded,
    Moot,
    Closed,
}

/// <summary>Something that happened to a case.</summary>
/// <param name="By">Who did it; null where nobody did.</param>
/// <param name="Text">In a sentence, or in the words of whoever did it.</param>
/// <param name="Proposal">The number of the proposal that it is about.</param>
public sealed record CaseStep(DateTimeOffset At, CaseStepKind Kind, Person? By, string Text, int? Proposal);

internal static class CaseHistory
{
    internal static ImmutableArray<CaseStep> Of(CaseAnswer found, IEnumerable<ProposalAnswer> proposals, IEnumerable<CaseEntry> entries)
    {
        List<CaseStep> steps = [new(found.OpenedAt, CaseStepKind.Opened, null, found.Detail, null)];
        steps.AddRange(entries.Select(Of));
        steps.AddRange(proposals.SelectMany(Of));
        if (found.ClosedAt is { } closedAt) steps.Add(new CaseStep(closedAt, CaseStepKind.Closed, null, found.ClosedBecause ?? "", null));
        return [.. steps.OrderBy(step => step.At)];
    }

    private static CaseStep Of(CaseEntry entry) => entry.Kind switch
    {
        CaseEntryKind.Noted => new CaseStep(entry.At, CaseStepKind.Noted, entry.By, entry.Text ?? "", null),
        CaseEntryKind.Assigned => new CaseStep(entry.At, CaseStepKind.Assigned, entry.By, $"{entry.Owner?.Name} sees to it.", null),
        CaseEntryKind.Unassigned => new CaseStep(entry.At, CaseStepKind.Unassigned, entry.By, "Nobody sees to it any more.", null),
    };

    private static IEnumerable<CaseStep> Of(ProposalAnswer made)
    {
        yield return new CaseStep(made.ProposedAt, CaseStepKind.Proposed, made.ProposedBy, $"{Said(made.Outcome)} {made.Note}", made.Number);
        if (made.StaleSince is { } since)
            yield return new CaseStep(since, CaseStepKind.TurnedStale, null, "Something new was said since it was proposed.", made.Number);
        if (made.DecidedAt is not { } at) yield break;
        var kind = made.State switch
        {
            ProposalState.Approved => CaseStepKind.Approved,
            ProposalState.Rejected => CaseStepKind.Rejected,
            ProposalState.Superseded => CaseStepKind.Superseded,
            _ => CaseStepKind.Moot,
        };
        yield return new CaseStep(at, kind, made.DecidedBy, made.DecisionNote ?? "", made.Number);
    }

    private static string Said(ProposedOutcome outcome) =>
        outcome == ProposedOutcome.Dismiss ? "To accept it as it is:" : $"To resolve the payout as {outcome.Word()}:";
}
