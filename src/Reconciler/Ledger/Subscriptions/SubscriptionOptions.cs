namespace Reconciler.Ledger.Subscriptions;

/// <summary><c>Reconciler:Subscriptions</c> in the configuration.</summary>
public sealed class SubscriptionOptions
{
    /// <summary>Attempts at one subscriber at the same time, each about another payout.</summary>
    public int ParallelAttempts { get; set; } = 8;

    /// <summary>From the first byte that is sent to the last header that comes back.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Changes of one subscription that are read ahead.</summary>
    public int WindowMax { get; set; } = 200;

    /// <summary>Changes of one subscription that may be refused, or wait for a refused one, while others go on. Then all of it waits.</summary>
    public int DeferredMax { get; set; } = 1_000;

    /// <summary>How often a worker looks around when nothing happens.</summary>
    public TimeSpan LookInterval { get; set; } = TimeSpan.FromSeconds(1);
}
