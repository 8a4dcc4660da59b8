using System.Diagnostics;
using Reconciler.Ledger;
using Reconciler.Telemetry;

namespace Reconciler.Appending;

/// <summary>
/// One trace from a delivery (or a poll) to its commit and to its change in the feed: each item has its own span, from the queue to the
/// commit, linked with the span of the batch that it shared.
/// </summary>
internal static class AppendTraces
{
    internal static Activity? StartBatch(Append[] items)
    {
        if (!Measures.Source.HasListeners()) return null;
        var span = Measures.Source.StartActivity("append.batch", ActivityKind.Internal, default(ActivityContext),
            links: items.Where(item => item.Origin != default).Select(item => new ActivityLink(item.Origin)));
        span?.SetTag("batch.size", items.Length);
        return span;
    }

    internal static void Committed(Append item, Activity? batch, IReadOnlyList<NewEvent> events, DateTimeOffset enqueuedAt)
    {
        if (batch is null || item.Origin == default) return;
        using var span = Measures.Source.StartActivity(
            "append", ActivityKind.Internal, item.Origin, links: [new ActivityLink(batch.Context)], startTime: enqueuedAt);
        span?.SetTag("payout", item.Payout?.StreamId);
        foreach (var added in events)
            if (ChangeKind.Of(added.Event) is { } kind)
                span?.AddEvent(new ActivityEvent("change", tags: new ActivityTagsCollection { ["kind"] = kind, ["id"] = added.Id.ToString() }));
    }
}
