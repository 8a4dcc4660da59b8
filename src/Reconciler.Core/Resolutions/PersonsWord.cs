namespace Reconciler.Core;

/// <summary>What a person says about a case.</summary>
/// <param name="By">Who, so that the same person has the same text however they come.</param>
/// <param name="At">When they said it.</param>
public abstract record PersonsWord(string By, DateTimeOffset At);

/// <summary>"This is what became of the payout", or "this may stay as it is".</summary>
/// <param name="Resolution">The new proposal's id.</param>
/// <param name="Outcome">A final status; null to accept the disagreement as it is.</param>
/// <param name="ExpiresAt">From when on nobody can approve it any more.</param>
public sealed record Propose(Guid Resolution, Guid Discrepancy, PayoutStatus? Outcome, string Note, DateTimeOffset ExpiresAt, string By, DateTimeOffset At)
    : PersonsWord(By, At);

/// <summary>"I have looked at it, too, and agree."</summary>
public sealed record Approve(Guid Resolution, string? Note, string By, DateTimeOffset At) : PersonsWord(By, At);

/// <summary>"I have looked at it, too, and do not agree."</summary>
public sealed record Reject(Guid Resolution, string Note, string By, DateTimeOffset At) : PersonsWord(By, At);

/// <summary>Why a person's word does not count.</summary>
public enum ResolutionRefusal
{
    /// <summary>The case is closed: there is nothing to decide.</summary>
    CaseClosed,

    /// <summary>Another person's proposal waits for a decision.</summary>
    ProposalPending,

    /// <summary>An overdue payout is settled by saying what became of it: accepting it would mean that nobody looks any more.</summary>
    CannotBeAccepted,

    /// <summary>The proposal was decided, replaced, or its case closed by itself.</summary>
    NotPending,

    /// <summary>Nobody decides on a proposal of their own.</summary>
    SamePerson,

    /// <summary>Something new was said since the proposal.</summary>
    NewEvidence,

    /// <summary>It was proposed too long ago.</summary>
    Expired,
}
