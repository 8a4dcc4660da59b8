using System.Diagnostics;
using System.Diagnostics.Metrics;
using Reconciler.Appending;
using Reconciler.Core;

namespace Reconciler.Telemetry;

/// <summary>What the service tells of itself: one meter and one source of spans, both named <c>Reconciler</c>.</summary>
internal static class Measures
{
    internal const string Name = "Reconciler";

    internal static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);

    internal static readonly Counter<long> Deliveries = Meter.CreateCounter<long>(
        "reconciler.deliveries", "{delivery}", "Deliveries by connection and verdict.");

    internal static readonly Counter<long> QueueFull = Meter.CreateCounter<long>(
        "reconciler.append.refused", "{item}", "Items refused because a lane's queue was full.");

    internal static readonly Counter<long> AppendConflicts = Meter.CreateCounter<long>(
        "reconciler.append.conflicts", "{batch}", "Batches decided again because another node was faster, or a lane's memory was not what the database held.");

    internal static readonly Counter<long> NulsStripped = Meter.CreateCounter<long>(
        "reconciler.nuls_stripped", "{character}", "U+0000 characters taken out of what was stored.");

    internal static readonly Counter<long> Polls = Meter.CreateCounter<long>(
        "reconciler.polls", "{poll}", "Status requests by connection and outcome.");

    private static readonly Counter<long> StatusChanges = Meter.CreateCounter<long>(
        "reconciler.status_changes", "{change}", "Moves of a payout's status, by connection, status and confidence.");

    private static readonly Counter<long> CasesOpened = Meter.CreateCounter<long>(
        "reconciler.discrepancies.opened", "{case}", "Discrepancies opened, by connection and kind.");

    private static readonly Histogram<int> BatchSize = Meter.CreateHistogram<int>(
        "reconciler.append.batch.size", "{item}", "Items per transaction.");

    private static readonly Histogram<double> BatchTime = Meter.CreateHistogram<double>(
        "reconciler.append.batch.duration", "s", "From the first round trip of a batch to its commit.");

    internal static void ObserveQueue(Func<int> waiting) =>
        Meter.CreateObservableGauge("reconciler.append.queue", waiting, "{item}", "Items that wait in the lanes of this node.");

    internal static void Batch(int items, TimeSpan elapsed)
    {
        BatchSize.Record(items);
        BatchTime.Record(elapsed.TotalSeconds);
    }

    internal static void Delivery(ConnectionKey connection, string verdict) =>
        Deliveries.Add(1, new KeyValuePair<string, object?>("connection", connection.ToString()), new("verdict", verdict));

    internal static void Poll(ConnectionKey connection, string outcome) =>
        Polls.Add(1, new KeyValuePair<string, object?>("connection", connection.ToString()), new("outcome", outcome));

    internal static void Committed(ConnectionKey connection, List<NewEvent> events)
    {
        if (!StatusChanges.Enabled && !CasesOpened.Enabled) return;
        foreach (var added in events)
        {
            if (added.Event is PayoutStatusChanged changed)
            {
                StatusChanges.Add(1, new KeyValuePair<string, object?>("connection", connection.ToString()),
                    new("status", changed.To.Word()), new("confidence", changed.Confidence.Word()));
            }
            else if (added.Event is DiscrepancyOpened opened)
            {
                CasesOpened.Add(1, new KeyValuePair<string, object?>("connection", connection.ToString()), new("kind", opened.Kind.Word()));
            }
        }
    }
}
