namespace Reconciler.Ledger.Broker;

/// <summary>How long to wait before the next attempt: doubling from half a second to ten, and by chance up to half of it less.</summary>
internal sealed class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private TimeSpan next = First;

    public TimeSpan Next()
    {
        var wait = next * (1 - Random.Shared.NextDouble() / 2);
        next = next * 2 < Longest ? next * 2 : Longest;
        return wait;
    }

    public void Reset() => next = First;
}
