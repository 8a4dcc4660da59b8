using System.Diagnostics.Metrics;
using Reconciler.Core;
using Reconciler.Telemetry;

namespace Reconciler.Ledger.Broker;

/// <summary>What this node last saw of publishing, by whichever node it is done: for the gauges and for the health answer.</summary>
internal sealed class BrokerView : IDisposable
{
    // Connecting again, or another node's taking over, is a matter of seconds, and nobody need be told.
    private static readonly TimeSpan PassingMax = TimeSpan.FromSeconds(15);

    private readonly TimeProvider clock;
    private readonly Meter meter = new(Measures.Name);
    private volatile Seen? seen;
    private long wellAt;

    public BrokerView(TimeProvider clock)
    {
        this.clock = clock;
        wellAt = clock.GetTimestamp();
        meter.CreateObservableGauge("reconciler.broker.lag", () => Of(now => now.Lag), "{change}", "Changes that the broker has not confirmed.");
        meter.CreateObservableGauge("reconciler.broker.oldest.age", () => Of(Age), "s",
            "How long the first change that the broker has not confirmed has been in the feed.");
        meter.CreateObservableGauge("reconciler.broker.connected",
            () => Of(now => now.State is BrokerState.Publishing or BrokerState.Blocked ? 1 : 0).Where(_ => seen is { PublishesHere: true }),
            description: "1 while the node that publishes is connected to the broker; other nodes tell nothing.");
    }

    private sealed record Seen(BrokerState State, long Lag, DateTimeOffset? Oldest, bool PublishesHere);

    /// <summary>What is to be told to people while the service is otherwise ready; null where publishing goes well, or has failed only just now.</summary>
    public string? Trouble => seen?.State is { } state && state != BrokerState.Publishing && clock.GetElapsedTime(Interlocked.Read(ref wellAt)) > PassingMax
        ? $"Changes are not published to the broker ({state.Word()}): GET /v1/feed/broker says why. The feed by pull has them all."
        : null;

    /// <param name="lag">Changes that the broker has not confirmed.</param>
    /// <param name="oldest">When the first of them was recorded.</param>
    public void See(BrokerState state, long lag, DateTimeOffset? oldest, bool publishesHere)
    {
        if (state == BrokerState.Publishing) Interlocked.Exchange(ref wellAt, clock.GetTimestamp());
        seen = new Seen(state, Math.Max(0, lag), oldest, publishesHere);
    }

    public void Dispose() => meter.Dispose();

    private double Age(Seen now) => now.Oldest is { } at ? Math.Max(0, (clock.GetUtcNow() - at).TotalSeconds) : 0;

    private IEnumerable<Measurement<T>> Of<T>(Func<Seen, T> value) where T : struct => seen is { } now ? [new Measurement<T>(value(now))] : [];
}
