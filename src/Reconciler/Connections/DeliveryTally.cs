using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Reconciler.Telemetry;

namespace Reconciler.Connections;

/// <summary>What came for each connection since this node started: read off the meter, so that the path of a delivery does nothing more for it.</summary>
internal sealed class DeliveryTally : IDisposable
{
    private readonly ConcurrentDictionary<string, Counts> counts = new(StringComparer.Ordinal);
    private readonly MeterListener listener = new();
    private readonly TimeProvider clock;

    public DeliveryTally(TimeProvider clock)
    {
        this.clock = clock;
        listener.SetMeasurementEventCallback<long>(Count);
    }

    public void Start() => listener.EnableMeasurementEvents(Measures.Deliveries);

    /// <summary>Null as long as nothing came.</summary>
    public Counts? Of(string connection) => counts.GetValueOrDefault(connection);

    public void Dispose() => listener.Dispose();

    private void Count(Instrument instrument, long deliveries, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var (connection, isVerified) = ("", false);
        foreach (var (name, value) in tags)
        {
            if (name == "connection") connection = value as string ?? "";
            if (name == "verdict") isVerified = value is "verified";
        }

        counts.GetOrAdd(connection, static _ => new Counts()).Add(deliveries, isVerified, clock.GetUtcNow());
    }

    internal sealed class Counts
    {
        private long all;
        private long verified;
        private long lastTicks;

        public DateTimeOffset LastAt => new(Interlocked.Read(ref lastTicks), TimeSpan.Zero);

        /// <summary>0 to 1, to four places.</summary>
        public decimal ShareVerified => Math.Round((decimal)Interlocked.Read(ref verified) / Math.Max(1, Interlocked.Read(ref all)), 4);

        public void Add(long deliveries, bool isVerified, DateTimeOffset at)
        {
            if (isVerified) Interlocked.Add(ref verified, deliveries);
            Interlocked.Add(ref all, deliveries);
            Interlocked.Exchange(ref lastTicks, at.UtcTicks);
        }
    }
}
