namespace Reconciler.Core;

/// <summary>A proposal that waits for a second person.</summary>
/// <param name="Discrepancy">The case that it would settle.</param>
/// <param name="Outcome">Null: the disagreement is accepted as it is, and the status stays what the rules say.</param>
/// <param name="By">Who proposed it.</param>
/// <param name="ExpiresAt">From when on it can no longer be decided.</param>
/// <param name="StaleSince">When the provider, or our own side, first said something new after it; null while nothing was.</param>
public sealed record Proposal(
    Guid Id, Guid Discrepancy, PayoutStatus? Outcome, string By, DateTimeOffset ExpiresAt, DateTimeOffset? StaleSince = null)
{
    public bool IsLive(DateTimeOffset at) => StaleSince is null && at < ExpiresAt;
}
