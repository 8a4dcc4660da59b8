using Reconciler.Core;

namespace Reconciler.Finance.Cases;

/// <summary>Where a case stands.</summary>
public enum CaseState
{
    /// <summary>The evidence disagrees, and nothing that could be approved is proposed.</summary>
    Open,

    /// <summary>A proposal waits for a second person.</summary>
    Proposed,

    /// <summary>Two people settled it.</summary>
    Resolved,

    /// <summary>It closed by itself: what the provider or our own side said later settled it.</summary>
    Closed,
}

/// <summary>What became of a proposal.</summary>
public enum ProposalState
{
    /// <summary>It waits for a second person.</summary>
    Pending,

    Approved,

    Rejected,

    /// <summary>A newer proposal stands in its place.</summary>
    Superseded,

    /// <summary>The case closed by itself before anybody decided.</summary>
    Moot,

    /// <summary>Something new was said since; it has to be proposed again.</summary>
    Stale,

    /// <summary>Nobody decided in time.</summary>
    Expired,
}

/// <summary>What may be proposed: how the payout ended, or that the disagreement be accepted while the status stays what the rules say.</summary>
public enum ProposedOutcome
{
    Succeeded,
    Failed,
    Cancelled,
    Expired,

    /// <summary>The case is closed, and the status is not touched.</summary>
    Dismiss,
}

internal static class ProposedOutcomes
{
    internal static PayoutStatus? Status(this ProposedOutcome outcome) => outcome switch
    {
        ProposedOutcome.Succeeded => PayoutStatus.Succeeded,
        ProposedOutcome.Failed => PayoutStatus.Failed,
        ProposedOutcome.Cancelled => PayoutStatus.Cancelled,
        ProposedOutcome.Expired => PayoutStatus.Expired,
        ProposedOutcome.Dismiss => null,
    };

    internal static ProposedOutcome Of(string? status) => status is null ? ProposedOutcome.Dismiss : EnumWords<ProposedOutcome>.Parse(status);
}
