using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;

namespace Reconciler.Ledger.Broker;

/// <summary>
/// One node publishes at a time. Who publishes counts its beats in the one row of <c>broker_feed</c>; a node that sees the beat stand
/// still for <see cref="SilentMax"/> of its own time takes over, with the next token, and no word of the former one counts any more.
/// </summary>
internal sealed class BrokerLease(NpgsqlDataSource database, BrokerView view, TimeProvider clock)
{
    /// <summary>How often who publishes beats at least.</summary>
    internal static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(1);

    /// <summary>Who publishes and could not beat for so long stops by itself, before anybody takes over.</summary>
    internal static readonly TimeSpan HeldMax = TimeSpan.FromSeconds(4);

    internal static readonly TimeSpan SilentMax = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(0.5);
    private const int CommandSeconds = 3;

    private const string Look = """
        select feed.token, feed.beat, feed.node, feed.state, head.position - feed.checkpoint,
            (select recorded_at from reconciler.changes where position = feed.checkpoint + 1)
        from reconciler.broker_feed as feed, reconciler.feed_head as head
        """;

    private const string Take = """
        update reconciler.broker_feed as feed set token = feed.token + 1, node = $3, beat = 0, beat_at = now(), state = 'connecting',
            epoch = coalesce(feed.epoch, installation.epoch)
        from reconciler.installation
        where feed.token = $1 and feed.beat = $2
        returning feed.token, feed.epoch, installation.epoch, feed.checkpoint
        """;

    // Fenced twice: by the token against nodes that took over, and by the epoch against a database that was restored under us.
    private const string Keep = """
        update reconciler.broker_feed as feed set beat = feed.beat + 1, beat_at = now(), checkpoint = $3, state = $4, last_error = $5,
            last_error_at = $6, published_at = case when feed.checkpoint < $3 then now() else feed.published_at end,
            node = case when $7 then null else feed.node end
        where feed.token = $1 and (select epoch from reconciler.installation) = $2
        returning (select position from reconciler.feed_head) - $3, (select recorded_at from reconciler.changes where position = $3 + 1)
        """;

    // The last token that was ours: while it stands, nobody else has published since.
    private long lastToken = -1;

    /// <summary>Waits until this node is the one that publishes.</summary>
    public async Task<BrokerTenure> TakeAsync(string node, CancellationToken cancellation)
    {
        var (seen, since) = ((Token: -1L, Beat: -1L), clock.GetTimestamp());
        while (true)
        {
            var (token, beat, holder) = await LookAsync(cancellation);
            // Counted from after the look: the beat is older than that, and so its sender has stopped before the time is over.
            if ((token, beat) != seen) (seen, since) = ((token, beat), clock.GetTimestamp());
            var free = holder is null || token == lastToken || clock.GetElapsedTime(since) >= SilentMax;
            if (free && await TryTakeAsync(token, beat, node, cancellation) is { } tenure) return tenure;
            await Task.Delay(LookEvery, clock, cancellation);
        }
    }

    /// <summary>Beats, and moves the checkpoint. False: this node has been replaced.</summary>
    public async Task<bool> KeepAsync(BrokerTenure tenure, long checkpoint, bool giveUp, CancellationToken cancellation)
    {
        var (state, error, errorAt) = tenure.Told;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var command = new NpgsqlCommand(Keep, connection)
        {
            CommandTimeout = CommandSeconds,
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = tenure.Token },
                new NpgsqlParameter<Guid> { TypedValue = tenure.FeedEpoch },
                new NpgsqlParameter<long> { TypedValue = checkpoint },
                new NpgsqlParameter<string> { TypedValue = state.Word() },
                new NpgsqlParameter { Value = (object?)error ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar },
                new NpgsqlParameter { Value = (object?)errorAt ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new NpgsqlParameter<bool> { TypedValue = giveUp },
            },
        };
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        if (!await rows.ReadAsync(cancellation)) return false;
        view.See(state, rows.GetInt64(0), Instant(rows, 1), publishesHere: !giveUp);
        return true;
    }

    private async Task<(long Token, long Beat, string? Node)> LookAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Look);
        command.CommandTimeout = CommandSeconds;
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        if (!await rows.ReadAsync(cancellation)) throw new InvalidOperationException("The table broker_feed has no row: this database is damaged.");
        var node = rows.IsDBNull(2) ? null : rows.GetString(2);
        var state = node is null ? BrokerState.Vacant : EnumWords<BrokerState>.TryParse(rows.GetString(3), out var told) ? told : BrokerState.Connecting;
        view.See(state, rows.GetInt64(4), Instant(rows, 5), publishesHere: false);
        return (rows.GetInt64(0), rows.GetInt64(1), node);
    }

    private async Task<BrokerTenure?> TryTakeAsync(long token, long beat, string node, CancellationToken cancellation)
    {
        var asked = clock.GetTimestamp();
        await using var command = database.CreateCommand(Take);
        command.CommandTimeout = CommandSeconds;
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = token });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = beat });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = node });
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        if (!await rows.ReadAsync(cancellation)) return null;
        lastToken = rows.GetInt64(0);
        return new BrokerTenure(this, clock, lastToken, rows.GetGuid(1), rows.GetGuid(2), rows.GetInt64(3), asked);
    }

    private static DateTimeOffset? Instant(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
