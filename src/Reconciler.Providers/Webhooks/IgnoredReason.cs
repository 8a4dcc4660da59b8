namespace Reconciler.Providers;

/// <summary>Why a delivery became <see cref="Reading.Ignored"/>: a closed list of words, fit for a metric's label.</summary>
public static class IgnoredReason
{
    /// <summary>The provider's trial of the address.</summary>
    public const string Trial = "trial";

    /// <summary>A deposit, a refund, a payment.</summary>
    public const string NotAPayout = "not_a_payout";
}
