namespace Reconciler.Tests.Hosting;

/// <summary>Tells the time that a test set; timers run on, since nothing here may wait for a test to push them.</summary>
public sealed class StoppedClock(DateTimeOffset now) : TimeProvider
{
    public static DateTimeOffset Noon { get; } = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
