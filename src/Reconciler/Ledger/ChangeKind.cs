using Reconciler.Core;

namespace Reconciler.Ledger;

/// <summary>The kinds of entries of the ledger feed, as they are spelled.</summary>
public static class ChangeKind
{
    public const string StatusChanged = "payout.status_changed";
    public const string DiscrepancyOpened = "payout.discrepancy_opened";
    public const string DiscrepancyClosed = "payout.discrepancy_closed";

    /// <summary>What the streams held when a day was over. About no payout, and to no connection's readers.</summary>
    public const string ChainAnchored = "chain.anchored";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [StatusChanged, DiscrepancyOpened, DiscrepancyClosed, ChainAnchored];

    /// <summary>The same text as one object: a reader may hold thousands of them.</summary>
    internal static string Shared(string kind) => All.FirstOrDefault(known => known == kind) ?? kind;

    /// <summary>The kind of change that an event is to the ledger; null where it is none.</summary>
    public static string? Of(PayoutEvent happened) => happened switch
    {
        PayoutStatusChanged => StatusChanged,
        Core.DiscrepancyOpened => DiscrepancyOpened,
        Core.DiscrepancyClosed => DiscrepancyClosed,
        _ => null,
    };
}
