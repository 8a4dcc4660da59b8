namespace Reconciler.Tests.Hosting;

/// <summary>A machine's clock that is wrong: ahead of the true one, or behind it where <see cref="Ahead"/> is negative. A test may let it jump.</summary>
public sealed class ShiftedClock(TimeSpan ahead) : TimeProvider
{
    private long aheadTicks = ahead.Ticks;

    public TimeSpan Ahead
    {
        get => new(Interlocked.Read(ref aheadTicks));
        set => Interlocked.Exchange(ref aheadTicks, value.Ticks);
    }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
}
