using Reconciler.Simulator.Playing;

namespace Reconciler.Simulator.Payouts;

/// <summary>What becomes of the payouts of one order, in milliseconds since their start.</summary>
/// <param name="Outcome">Where it ends; pending and processing are stayed in for ever.</param>
/// <param name="PendingForMs">From then on it is processing.</param>
/// <param name="FinalAfterMs">From then on it stands at its outcome.</param>
/// <param name="ReversalTo">A second, different end; null mostly.</param>
/// <param name="ReversalAfterMs">Counted from the first end.</param>
public sealed record Fate(Standing Outcome, int PendingForMs, int FinalAfterMs, Standing? ReversalTo, int ReversalAfterMs);
