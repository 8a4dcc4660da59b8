using Npgsql;
using Reconciler.Ledger;
using Reconciler.Personal;
using Reconciler.Polling;
using Reconciler.Streams;
using Reconciler.Telemetry;

namespace Reconciler.Appending;

/// <summary>
/// The one way in which anything becomes permanent: requests of one moment share one transaction. Lanes are chosen by the payout, so
/// that one payout is always in one lane of this node; another node may meet us, and then row locks and the streams' unique index decide.
/// </summary>
public sealed class Appender : IAsyncDisposable
{
    private readonly AppendLane[] lanes;
    private readonly FeedTelling readers;

    /// <param name="personal">Asked for each batch: a rotation of keys must not wait for a restart.</param>
    /// <param name="shared">What polls go by (see <see cref="SharedClock"/>).</param>
    public Appender(
        NpgsqlDataSource database, EventAppender events, Func<PersonalBox> personal, AppendOptions options, TimeProvider clock,
        [FromKeyedServices(SharedClock.Name)] TimeProvider shared, ILogger<Appender> log)
    {
        readers = new FeedTelling(database, clock, log);
        lanes = [.. Enumerable.Range(0, options.Lanes).Select(number => new AppendLane(number, database, events, personal, readers, options, clock, shared, log))];
        Measures.ObserveQueue(() => lanes.Sum(lane => lane.Waiting));
    }

    /// <summary>Deliveries waited long a moment ago: what can wait should leave the machine to the senders now.</summary>
    internal bool IsBusy => lanes.Any(lane => lane.IsLate);

    /// <summary>Waits until it is permanent.</summary>
    /// <exception cref="AppendUnavailable">It is not known to be; the caller may try again.</exception>
    public Task<Appended> AppendAsync(Append item)
    {
        var lane = lanes[LaneOf(item)];
        if (!lane.TryEnqueue(item))
        {
            Measures.QueueFull.Add(1);
            return Task.FromException<Appended>(new AppendUnavailable("The queue is full."));
        }

        return item.Committed;
    }

    private int LaneOf(Append item)
    {
        var key = item.Payout?.StreamId ?? (item as KeepDelivery)?.Evidence.Digest.ToString() ?? "";
        return (int)(unchecked((uint)StringComparer.Ordinal.GetHashCode(key)) % (uint)lanes.Length);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var lane in lanes) await lane.DisposeAsync();
        await readers.DisposeAsync();
    }
}
