namespace Reconciler.Simulator.Playing;

/// <summary>What one message says of a payout: true, or a lie.</summary>
/// <param name="Standing">The status that is claimed.</param>
/// <param name="Word">A status word that no provider documents, said instead of the standing's own; null mostly.</param>
/// <param name="At">When the payout is said to have come there.</param>
public readonly record struct Claim(Standing Standing, string? Word, DateTimeOffset At)
{
    /// <summary>The undocumented word that a lie of "unknown" uses.</summary>
    public const string UnknownWord = "ON_HOLD_REVIEW";
}
