using System.Text.Json;
using Reconciler.Simulator.Payouts;
using Reconciler.Simulator.Playing;

namespace Reconciler.Simulator.Polls;

/// <summary>Writes a status answer's body. <c>shownId</c> is the payout's id, or another one where that fault is played.</summary>
public delegate void StatusWriter(Utf8JsonWriter json, SimPayout payout, Claim claim, string shownId);

/// <summary>How one status route answers.</summary>
/// <param name="NotFound">The answer for an id that the provider does not know.</param>
public sealed record StatusForm(StatusWriter Write, Refusal NotFound);
