using Npgsql;

namespace Reconciler.Streams;

/// <summary>Tells a lost race for a stream's next version from every other error of the database.</summary>
public static class VersionConflict
{
    /// <summary>
    /// True when a command of <see cref="EventAppender"/> failed because a stream was not at its expected version. Four ways:
    /// the version is taken; the stream exists already; it moved on while we waited for its row; it does not exist.
    /// </summary>
    public static bool Is(PostgresException error) => error.SchemaName == "reconciler" && error switch
    {
        { SqlState: PostgresErrorCodes.UniqueViolation } =>
            error.ConstraintName is "pk_mt_events_stream_and_version" or "pkey_mt_streams_id",
        // The update of mt_streams nulls this column on purpose when the version is not the expected one.
        { SqlState: PostgresErrorCodes.NotNullViolation } => error is { TableName: "mt_streams", ColumnName: "timestamp" },
        { SqlState: PostgresErrorCodes.ForeignKeyViolation } => error.ConstraintName == "fkey_mt_events_stream_id",
        _ => false,
    };
}

/// <summary>Somebody else appended first: read the stream again, decide again, try again.</summary>
public sealed class StreamVersionConflict(string streamId, long expectedVersion, Exception? inner = null)
    : Exception($"Stream '{streamId}' is not at version {expectedVersion}.", inner)
{
    public string StreamId { get; } = streamId;

    public long ExpectedVersion { get; } = expectedVersion;
}
