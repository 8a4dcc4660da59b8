using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using Reconciler.Core;
using Reconciler.Providers;
using Reconciler.Telemetry;

namespace Reconciler.Connections;

/// <summary>
/// What came for each connection since this node started, and how much of it was verified: read off the meter, by its words for verdicts.
/// </summary>
internal sealed class DeliveryTally : IDisposable
{
    private static readonly FrozenSet<string> Verified = FrozenSet.Create("verified", "duplicate", "unreadable", "ignored");

    // The fault was ours: the delivery comes again, and is counted then.
    private static readonly FrozenSet<string> Undecided = FrozenSet.Create("unavailable", RefusalReason.KeysUnavailable.Word());

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
        var (connection, verdict) = ("", "");
        foreach (var (name, value) in tags)
        {
            if (name == "connection") connection = value as string ?? "";
            if (name == "verdict") verdict = value as string ?? "";
        }

        if (Undecided.Contains(verdict)) return;
        counts.GetOrAdd(connection, static _ => new Counts()).Add(deliveries, Verified.Contains(verdict), clock.GetUtcNow());
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
