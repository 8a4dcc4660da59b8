namespace Reconciler.Core;

public static class Instants
{
    /// <summary>
    /// The instant in UTC, cut to the microsecond. PostgreSQL keeps no more, and an instant that changes by being stored
    /// would order the same evidence differently before and after.
    /// </summary>
    public static DateTimeOffset ToMicrosecond(this DateTimeOffset instant)
    {
        var utc = instant.ToUniversalTime();
        return utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
