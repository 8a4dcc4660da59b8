using Npgsql;
using NpgsqlTypes;

namespace Reconciler.Streams;

/// <summary>How far each reader of all events has come: <c>mt_event_progression</c>, which Marten's daemon reads and writes too.</summary>
public static class Progression
{
    /// <summary>The sequence id up to which this reader has seen everything; 0 when it never began.</summary>
    /// <param name="name">The reader's name. Marten's own are <c>HighWaterMark</c> and <c>Projection:All</c>: take neither.</param>
    public static async Task<long> GetAsync(NpgsqlConnection connection, string name, CancellationToken cancellation = default)
    {
        await using var command = new NpgsqlCommand(
            "select last_seq_id from reconciler.mt_event_progression where name = $1", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name, NpgsqlDbType = NpgsqlDbType.Text });
        return await command.ExecuteScalarAsync(cancellation) is long lastSequenceId ? lastSequenceId : 0;
    }

    /// <summary>
    /// Records how far this reader has come, in the connection's transaction if it has one: put it with what the reader wrote,
    /// and both are done exactly once. It may go back, for a rebuild.
    /// </summary>
    public static async Task SetAsync(
        NpgsqlConnection connection, string name, long lastSequenceId, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lastSequenceId);
        await using var command = new NpgsqlCommand(
            """
            insert into reconciler.mt_event_progression (name, last_seq_id)
            values ($1, $2)
            on conflict (name) do update set last_seq_id = excluded.last_seq_id, last_updated = transaction_timestamp()
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = lastSequenceId });
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
