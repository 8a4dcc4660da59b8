using System.Diagnostics.Metrics;
using Reconciler.Telemetry;

namespace Reconciler.Ledger;

/// <summary>What the feed tells of its readers.</summary>
internal static class LedgerMeasures
{
    private static readonly Meter Meter = new(Measures.Name);

    internal static readonly UpDownCounter<int> StreamsOpen = Meter.CreateUpDownCounter<int>(
        "reconciler.feed.streams", "{stream}", "Streams of the feed that are open on this node.");

    internal static readonly Counter<long> StreamsDropped = Meter.CreateCounter<long>(
        "reconciler.feed.streams.dropped", "{stream}", "Streams whose reader took nothing for too long.");
}
