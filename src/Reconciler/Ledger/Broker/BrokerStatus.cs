using Npgsql;
using Reconciler.Core;

namespace Reconciler.Ledger.Broker;

/// <summary>How far the feed has been published, and how it goes, whichever node does it.</summary>
/// <param name="Node">Who publishes: machine and process; null where nobody does.</param>
/// <param name="HeardAt">When that node last said so.</param>
/// <param name="Epoch">The history that the checkpoint belongs to; null until something was published.</param>
/// <param name="Checkpoint">The broker has confirmed every position up to this one.</param>
/// <param name="Head">The feed's last position.</param>
/// <param name="Lag">Changes that the broker has not confirmed.</param>
/// <param name="OldestUnpublishedAt">When the first of them was recorded.</param>
/// <param name="PublishedAt">When the checkpoint last moved.</param>
/// <param name="LastError">The last trouble, be it over or not.</param>
public sealed record BrokerStatus(
    BrokerState State,
    string? Node,
    DateTimeOffset? HeardAt,
    Guid? Epoch,
    long Checkpoint,
    long Head,
    long Lag,
    DateTimeOffset? OldestUnpublishedAt,
    DateTimeOffset? PublishedAt,
    BrokerTrouble? LastError)
{
    // Twice as long as another node needs to take over.
    private const int SilentSeconds = 15;

    // Served by the primary key of changes.
    private const string Read = """
        select feed.state, feed.node, feed.beat_at, coalesce(now() - feed.beat_at > make_interval(secs => $1), true), feed.epoch, feed.checkpoint,
            head.position, (select recorded_at from reconciler.changes where position = feed.checkpoint + 1), feed.published_at,
            feed.last_error, feed.last_error_at
        from reconciler.broker_feed as feed, reconciler.feed_head as head
        """;

    internal static async Task<BrokerStatus> ReadAsync(NpgsqlDataSource database, bool configured, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Read);
        command.Parameters.Add(new NpgsqlParameter<double> { TypedValue = SilentSeconds });
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        if (!await rows.ReadAsync(cancellation)) throw new InvalidOperationException("The table broker_feed has no row: this database is damaged.");
        var node = rows.IsDBNull(1) ? null : rows.GetString(1);
        var (checkpoint, head) = (rows.GetInt64(5), rows.GetInt64(6));
        return new BrokerStatus(
            (node, rows.GetBoolean(3)) switch
            {
                (null, _) => configured ? BrokerState.Vacant : BrokerState.Off,
                (_, true) => BrokerState.Silent,
                _ => EnumWords<BrokerState>.Parse(rows.GetString(0)),
            },
            node,
            Instant(rows, 2),
            rows.IsDBNull(4) ? null : rows.GetGuid(4),
            checkpoint,
            head,
            Math.Max(0, head - checkpoint),
            Instant(rows, 7),
            Instant(rows, 8),
            rows.IsDBNull(9) ? null : new BrokerTrouble(rows.GetString(9), rows.GetFieldValue<DateTimeOffset>(10)));
    }

    private static DateTimeOffset? Instant(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}

/// <param name="Message">What happened, and what to look at.</param>
public sealed record BrokerTrouble(string Message, DateTimeOffset At);
