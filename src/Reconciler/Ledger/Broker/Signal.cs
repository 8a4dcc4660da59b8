namespace Reconciler.Ledger.Broker;

/// <summary>Wakes whoever waits. Take <see cref="Next"/> before looking at what it tells of: a change between the two is then seen in either.</summary>
internal sealed class Signal
{
    private TaskCompletionSource next = New();

    public Task Next => Volatile.Read(ref next).Task;

    public void Raise() => Interlocked.Exchange(ref next, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
