using Npgsql;
using NpgsqlTypes;

namespace Reconciler.Streams;

/// <summary>
/// Writes events to the ends of streams. Made for group commit: <see cref="AddTo"/> puts at most three commands into the caller's
/// batch however many streams there are, so that they share one round trip, one transaction and one commit with the caller's own.
/// </summary>
/// <remarks>
/// A connection that keeps these commands prepared should run with <c>plan_cache_mode=force_custom_plan</c>: the update of
/// <c>mt_streams</c> joins on its key (<c>pkey_mt_streams_id</c>), and a generic plan made while the table was empty would go on
/// scanning it. Rows are locked in ordinal order of stream id, so two appenders cannot deadlock on them.
/// A stream's row is always written before its events ask the sequence, so a transaction has its id before it has a
/// <c>seq_id</c>; <see cref="ForwardReader"/> relies on that.
/// </remarks>
/// <param name="registry">Names and shapes of the events.</param>
/// <param name="streamType">What new streams are, in <c>mt_streams.type</c>.</param>
/// <param name="chain">Links the events of each stream; null: they carry no links.</param>
public sealed class EventAppender(EventRegistry registry, string streamType, EventChain? chain = null)
{
    // Arrays are unnested side by side in a select list: in a from list each would be written to a store of its own and read back.
    private const string StartStreams = """
        insert into reconciler.mt_streams (id, type, version, timestamp, created)
        select stream.id, $3, stream.version, $4, $4
        from (select unnest($1) as id, unnest($2) as version) as stream
        """;

    // Said twice, the ids lead to the rows by their key under any plan, also one made while the table was empty.
    // A stream that is not where it was expected fails on timestamp's not-null constraint (see VersionConflict): the whole
    // transaction stops, which a mere count of rows could not do when COMMIT is already on its way in the same round trip.
    private const string MoveStreams = """
        update reconciler.mt_streams as stream
        set version = moved.version, timestamp = case when stream.version = moved.expected then $4 end
        from (select unnest($1) as id, unnest($2) as expected, unnest($3) as version) as moved
        where stream.id = any($1) and stream.id = moved.id
        """;

    private const string InsertEvents = """
        insert into reconciler.mt_events
            (seq_id, id, stream_id, version, data, type, mt_dotnet_type, timestamp, correlation_id, causation_id, headers)
        select nextval('reconciler.mt_events_sequence'), happened.id, happened.stream_id, happened.version, happened.data,
            happened.type, happened.dotnet_type, $10, happened.correlation_id, happened.causation_id, happened.headers
        from (select unnest($1) as id, unnest($2) as stream_id, unnest($3) as version, unnest($4) as data, unnest($5) as type,
            unnest($6) as dotnet_type, unnest($7) as correlation_id, unnest($8) as headers, unnest($9) as causation_id) as happened
        """;

    // Few events name what caused them: what nothing is in need not be sent, nor read.
    private const string InsertPlainEvents = """
        insert into reconciler.mt_events (seq_id, id, stream_id, version, data, type, mt_dotnet_type, timestamp, correlation_id, headers)
        select nextval('reconciler.mt_events_sequence'), happened.id, happened.stream_id, happened.version, happened.data,
            happened.type, happened.dotnet_type, $9, happened.correlation_id, happened.headers
        from (select unnest($1) as id, unnest($2) as stream_id, unnest($3) as version, unnest($4) as data, unnest($5) as type,
            unnest($6) as dotnet_type, unnest($7) as correlation_id, unnest($8) as headers) as happened
        """;

    /// <summary>
    /// Adds the commands that append to all these streams. <c>seq_id</c>s follow the order given: streams in theirs, events within.
    /// Nothing is added when this throws.
    /// </summary>
    /// <param name="batch">Must run in one transaction; a version conflict surfaces as <see cref="VersionConflict"/> says.</param>
    /// <param name="appends">Each stream at most once. May be empty.</param>
    /// <param name="recordedAt">The moment of storing, for all of them; kept to the microsecond.</param>
    /// <exception cref="ArgumentException">A stream twice, no events, a negative version, or text that PostgreSQL cannot store.</exception>
    /// <exception cref="UnknownEventType">An event of an unregistered type.</exception>
    public AppendSummary AddTo(NpgsqlBatch batch, IReadOnlyList<StreamAppend> appends, DateTimeOffset recordedAt)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(appends);
        var now = recordedAt.ToUniversalTime();
        var events = EventColumns.From(appends, registry, chain, now);
        var inLockOrder = InLockOrder(appends);
        AddStarts(batch, [.. inLockOrder.Where(append => append.ExpectedVersion == 0)], now);
        AddMoves(batch, [.. inLockOrder.Where(append => append.ExpectedVersion > 0)], now);
        if (events.Count > 0)
        {
            AddEvents(batch, events, now);
        }

        return new AppendSummary(appends.Count, events.Count, events.NulsStripped) { Ends = events.Ends };
    }

    /// <summary>Appends to one stream, at once: in the connection's transaction if it has one, else in one of its own.</summary>
    /// <exception cref="StreamVersionConflict">The stream was not at the expected version; nothing was appended.</exception>
    public async Task<AppendSummary> AppendAsync(
        NpgsqlConnection connection, StreamAppend append, DateTimeOffset recordedAt, CancellationToken cancellation = default)
    {
        // Commands of one batch outside a transaction are one implicit transaction: all or nothing in a single round trip.
        await using var batch = new NpgsqlBatch(connection);
        var summary = AddTo(batch, [append], recordedAt);
        try
        {
            await batch.ExecuteNonQueryAsync(cancellation);
            return summary;
        }
        catch (PostgresException e) when (VersionConflict.Is(e))
        {
            throw new StreamVersionConflict(append.StreamId, append.ExpectedVersion, e);
        }
    }

    private static List<StreamAppend> InLockOrder(IReadOnlyList<StreamAppend> appends)
    {
        List<StreamAppend> sorted = [.. appends.OrderBy(append => append.StreamId, StringComparer.Ordinal)];
        for (var i = 1; i < sorted.Count; i++)
        {
            if (sorted[i].StreamId == sorted[i - 1].StreamId)
            {
                throw new ArgumentException($"Stream '{sorted[i].StreamId}' stands twice in one batch.", nameof(appends));
            }
        }

        return sorted;
    }

    private void AddStarts(NpgsqlBatch batch, StreamAppend[] started, DateTimeOffset now)
    {
        if (started.Length == 0)
        {
            return;
        }

        var command = new NpgsqlBatchCommand(StartStreams);
        command.Parameters.Add(Texts(Array.ConvertAll(started, append => append.StreamId)));
        command.Parameters.Add(Longs(Array.ConvertAll(started, append => append.NewVersion)));
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = streamType, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(Instant(now));
        batch.BatchCommands.Add(command);
    }

    private static void AddMoves(NpgsqlBatch batch, StreamAppend[] moved, DateTimeOffset now)
    {
        if (moved.Length == 0)
        {
            return;
        }

        var command = new NpgsqlBatchCommand(MoveStreams);
        command.Parameters.Add(Texts(Array.ConvertAll(moved, append => append.StreamId)));
        command.Parameters.Add(Longs(Array.ConvertAll(moved, append => append.ExpectedVersion)));
        command.Parameters.Add(Longs(Array.ConvertAll(moved, append => append.NewVersion)));
        command.Parameters.Add(Instant(now));
        batch.BatchCommands.Add(command);
    }

    private static void AddEvents(NpgsqlBatch batch, EventColumns events, DateTimeOffset now)
    {
        var isPlain = Array.TrueForAll(events.CausationIds, id => id is null);
        var command = new NpgsqlBatchCommand(isPlain ? InsertPlainEvents : InsertEvents);
        command.Parameters.Add(Ids(events.Ids));
        command.Parameters.Add(Texts(events.StreamIds));
        command.Parameters.Add(Longs(events.Versions));
        command.Parameters.Add(Jsons(events.Data));
        command.Parameters.Add(Texts(events.Types));
        command.Parameters.Add(Texts(events.DotNetTypes));
        command.Parameters.Add(Texts(events.CorrelationIds));
        command.Parameters.Add(Jsons(events.Headers));
        if (!isPlain)
        {
            command.Parameters.Add(Texts(events.CausationIds));
        }

        command.Parameters.Add(Instant(now));
        batch.BatchCommands.Add(command);
    }

    private static NpgsqlParameter<Guid[]> Ids(Guid[] values) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid };

    private static NpgsqlParameter<string?[]> Texts(string?[] values) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static NpgsqlParameter<long[]> Longs(long[] values) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };

    // jsonb[] costs the server what text[] with a cast does (4 µs a document, measured), and takes the UTF-8 bytes as they are.
    private static NpgsqlParameter<byte[]?[]> Jsons(byte[]?[] values) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb };

    private static NpgsqlParameter<DateTimeOffset> Instant(DateTimeOffset value) =>
        new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
