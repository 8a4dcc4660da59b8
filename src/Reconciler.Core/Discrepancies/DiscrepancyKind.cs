namespace Reconciler.Core;

/// <summary>The named disagreements of design, section 4.</summary>
public enum DiscrepancyKind
{
    /// <summary>Webhook final and poll final differ; the poll's word holds.</summary>
    Contradiction,

    /// <summary>A later final of the same rank differs from the one that holds.</summary>
    Reversal,

    AmountMismatch,

    CurrencyMismatch,

    RecipientMismatch,

    /// <summary>Evidence about a payout that nobody registered.</summary>
    UnexpectedPayout,

    UnrecognisedStatus,

    /// <summary>The provider does not know the payout, past the grace period.</summary>
    NotFound,

    /// <summary>The polling schedule's deadline passed without a final.</summary>
    Overdue,

    /// <summary>One delivery id with two different bodies.</summary>
    AlteredDelivery,
}
