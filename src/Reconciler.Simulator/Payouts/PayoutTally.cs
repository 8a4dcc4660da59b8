namespace Reconciler.Simulator.Payouts;

/// <summary>What was sent about one payout and answered for it. Fields, because <see cref="Interlocked"/> counts them.</summary>
public sealed class PayoutTally
{
    /// <summary>Requests made to the webhook URL, tries and faults included.</summary>
    public int Sent;

    /// <summary>True webhooks that were acknowledged.</summary>
    public int Acknowledged;

    /// <summary>Tries that were not acknowledged, or not answered.</summary>
    public int Refused;

    /// <summary>True webhooks that were dropped on the way, never sent.</summary>
    public int Lost;

    /// <summary>True webhooks given up after the last try.</summary>
    public int GivenUp;
    public int Duplicated;
    public int Forged;
    public int Altered;
    public int Stale;
    public int Lied;

    /// <summary>Forged or altered webhooks that the receiver acknowledged: each one is its mistake, or a mere nudge.</summary>
    public int FalseAcknowledged;

    /// <summary>Status requests that reached this payout, the faulty answers included.</summary>
    public int Polls;
    public int PollErrors;
    public int PollLies;
}
