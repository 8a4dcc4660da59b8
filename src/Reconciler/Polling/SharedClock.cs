namespace Reconciler.Polling;

/// <summary>
/// The time that all nodes share: the database's, read now and then (see <see cref="ReadSharedClock"/>) and carried on in between by this
/// machine's steady counter. What nodes keep together goes by it: who is due, leases, budgets, a provider's Retry-After. One whose own clock
/// is wrong, or jumps, then neither asks too much nor falls silent. What a node hears it dates by its own clock.
/// </summary>
/// <param name="own">Tells the time until the database's was read.</param>
internal sealed class SharedClock(TimeProvider own) : TimeProvider
{
    /// <summary>The key under which this clock is asked for.</summary>
    internal const string Name = "shared";

    private volatile Moment? last;

    internal bool IsRead => last is not null;

    public override DateTimeOffset GetUtcNow() => last is { } read ? read.At + own.GetElapsedTime(read.Counter) : own.GetUtcNow();

    /// <param name="at">What the database's clock says now.</param>
    internal void Set(DateTimeOffset at) => last = new Moment(at, own.GetTimestamp());

    private sealed record Moment(DateTimeOffset At, long Counter);
}
