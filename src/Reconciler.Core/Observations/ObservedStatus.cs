using System.Diagnostics;

namespace Reconciler.Core;

/// <summary>What one piece of evidence says of a payout. Two of these never become a status: see design, section 4.</summary>
public enum ObservedStatus
{
    Pending,
    Processing,
    Succeeded,
    Failed,
    Cancelled,
    Expired,

    /// <summary>A status word without a mapping: kept, opens a case, moves nothing.</summary>
    Unrecognised,

    /// <summary>The provider does not know the payout. The wrong key or environment answers the same way, so it moves nothing.</summary>
    NotFound,
}

public static class ObservedStatuses
{
    /// <summary>The status that the evidence claims, or null where it claims none.</summary>
    public static PayoutStatus? Claim(this ObservedStatus observed) => observed switch
    {
        ObservedStatus.Pending => PayoutStatus.Pending,
        ObservedStatus.Processing => PayoutStatus.Processing,
        ObservedStatus.Succeeded => PayoutStatus.Succeeded,
        ObservedStatus.Failed => PayoutStatus.Failed,
        ObservedStatus.Cancelled => PayoutStatus.Cancelled,
        ObservedStatus.Expired => PayoutStatus.Expired,
        ObservedStatus.Unrecognised or ObservedStatus.NotFound => null,
        _ => throw new UnreachableException(),
    };
}
