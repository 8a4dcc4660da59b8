namespace Reconciler.Simulator.Demo;

/// <summary>What one demonstration is told.</summary>
/// <param name="Run">Part of every reference and every draw, so that two demonstrations never share a payout.</param>
/// <param name="Trickle">New payouts each second after the first ones.</param>
/// <param name="UntilSettled">How long everything may take to be right; null: it runs until stopped.</param>
public sealed record DemoSettings(
    Uri Service, Uri Self, string? Key, int Payouts, int Trickle, long Seed, string Run, bool Plain, TimeSpan? UntilSettled);
