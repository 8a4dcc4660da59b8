namespace Reconciler.Client;

/// <summary>What a change tells, by its word. A word that this version does not know is kept as it came.</summary>
/// <param name="Word">As on the wire.</param>
public readonly record struct ChangeKind(string Word)
{
    /// <summary>A payout's status moved: the only kind that a ledger books by.</summary>
    public static ChangeKind StatusChanged { get; } = new("payout.status_changed");

    /// <summary>A disagreement that a person should see. It moves no money.</summary>
    public static ChangeKind DiscrepancyOpened { get; } = new("payout.discrepancy_opened");

    public static ChangeKind DiscrepancyClosed { get; } = new("payout.discrepancy_closed");

    /// <summary>A digest of what the service held when a day was over, about no payout: keep it to prove that nothing was changed since.</summary>
    public static ChangeKind ChainAnchored { get; } = new("chain.anchored");

    public override string ToString() => Word;
}
