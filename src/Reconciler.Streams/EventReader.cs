using Npgsql;
using NpgsqlTypes;

namespace Reconciler.Streams;

/// <summary>Reads the events of one stream, in their order.</summary>
public sealed class EventReader(EventRegistry registry)
{
    /// <summary>The most events that one read returns unless told otherwise.</summary>
    public const int PageMax = 1_000;

    internal const string Columns =
        "seq_id, id, stream_id, version, type, data, timestamp, correlation_id, causation_id, headers, bdata is not null";

    // Served by pk_mt_events_stream_and_version.
    private const string OfStream = $"""
        select {Columns}
        from reconciler.mt_events
        where stream_id = $1 and version >= $2
        order by version
        limit $3
        """;

    /// <summary>Events of a stream from a version on; empty when there are none, also when there is no such stream.</summary>
    /// <param name="fromVersion">The first version wanted; 1 is the start.</param>
    /// <param name="limit">At most so many: go on from the last one's version + 1 when as many came.</param>
    /// <exception cref="UnknownEventType">A stored type that is not registered.</exception>
    /// <exception cref="UnreadableEvent">Data that does not fit its type.</exception>
    public async Task<IReadOnlyList<StoredEvent>> ReadStreamAsync(
        NpgsqlConnection connection,
        string streamId,
        long fromVersion = 1,
        int limit = PageMax,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        StoredText.Require(streamId, nameof(streamId));
        await using var command = new NpgsqlCommand(OfStream, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = streamId, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = fromVersion });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var events = new List<StoredEvent>();
        while (await rows.ReadAsync(cancellation))
        {
            events.Add(Read(rows));
        }

        return events;
    }

    /// <summary>One row of <see cref="Columns"/>.</summary>
    internal StoredEvent Read(NpgsqlDataReader row)
    {
        var typeName = row.GetString(4);
        if (row.GetBoolean(10))
        {
            // A Marten application may opt a type in to a binary form; its data column then holds a bare {}.
            throw new UnreadableEvent(typeName, "it was written in a binary form");
        }

        var json = row.GetFieldValue<byte[]>(5);
        return new StoredEvent(
            SequenceId: row.GetInt64(0),
            Id: row.GetGuid(1),
            StreamId: row.GetString(2),
            Version: row.GetInt64(3),
            TypeName: typeName,
            Event: registry.Decode(typeName, json),
            RecordedAt: row.GetFieldValue<DateTimeOffset>(6),
            Json: json,
            CorrelationId: row.IsDBNull(7) ? null : row.GetString(7),
            CausationId: row.IsDBNull(8) ? null : row.GetString(8),
            HeadersJson: row.IsDBNull(9) ? null : row.GetFieldValue<byte[]>(9));
    }
}
