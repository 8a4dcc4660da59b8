namespace Reconciler.Simulator.Tests;

/// <summary>A clock that a test moves. Timers run in real time: only what the clock says is stopped.</summary>
public sealed class StoppedClock(DateTimeOffset now) : TimeProvider
{
    private readonly Lock _gate = new();
    private DateTimeOffset _now = now;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    public void Advance(TimeSpan by)
    {
        lock (_gate)
        {
            _now += by;
        }
    }
}
