using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;

namespace Reconciler.Ledger.Subscriptions;

/// <summary>What a worker knows beside its changes.</summary>
/// <param name="State">Paused or dead where it has come to an end.</param>
internal sealed record WorkerNote(
    SubscriptionState State, SubscriptionReason? Reason, DateTimeOffset? NotBefore, DateTimeOffset? LastAcceptedAt, AttemptError? LastError);

/// <summary>Writes how far one lease has come, and reads what an earlier one left. A lease that was lost writes nothing.</summary>
internal sealed class SubscriptionProgress(NpgsqlDataSource database, Guid subscription, long leaseToken)
{
    private const string Write = """
        with mine as (
            update reconciler.subscriptions
            set cursor_position = $3, state = $4, reason = $5, not_before = $6, last_accepted_at = $7, last_error = $8
            where id = $1 and lease_token = $2
            returning id),
        settled as (delete from reconciler.subscription_deferred using mine where subscription = mine.id and position = any ($9)),
        kept as (
            insert into reconciler.subscription_deferred
                (subscription, position, stream_id, attempts, first_attempt_at, next_attempt_at, given_up, last_outcome, last_status)
            select mine.id, deferred.*
            from mine, unnest($10::bigint[], $11::varchar[], $12::int[], $13::timestamptz[], $14::timestamptz[], $15::boolean[], $16::varchar[], $17::int[]) as deferred
            on conflict (subscription, position) do update
            set attempts = excluded.attempts, first_attempt_at = excluded.first_attempt_at, next_attempt_at = excluded.next_attempt_at,
                given_up = excluded.given_up, last_outcome = excluded.last_outcome, last_status = excluded.last_status)
        select id from mine
        """;

    // Served by the primary key.
    private const string Read = """
        select position, stream_id, attempts, first_attempt_at, next_attempt_at, given_up, last_outcome, last_status
        from reconciler.subscription_deferred where subscription = $1 order by position
        """;

    /// <summary>Deferred changes, by position.</summary>
    internal async Task<IReadOnlyList<PendingChange>> DeferredAsync(CancellationToken cancellation)
    {
        await using var query = database.CreateCommand(Read);
        query.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = subscription });
        await using var rows = await query.ExecuteReaderAsync(cancellation);
        var deferred = new List<PendingChange>();
        while (await rows.ReadAsync(cancellation))
        {
            deferred.Add(new PendingChange(rows.GetInt64(0), rows.GetString(1))
            {
                Attempts = rows.GetInt32(2),
                FirstAttemptAt = SubscriptionRow.Instant(rows, 3),
                NextAttemptAt = rows.GetFieldValue<DateTimeOffset>(4),
                IsGivenUp = rows.GetBoolean(5),
                LastOutcome = rows.IsDBNull(6) ? null : EnumWords<AttemptOutcome>.Parse(rows.GetString(6)),
                LastStatus = rows.IsDBNull(7) ? null : rows.GetInt32(7),
            });
        }

        return deferred;
    }

    /// <summary>All of it in one statement. Doing it again does no harm.</summary>
    /// <returns>False where the lease was lost: nothing was written.</returns>
    internal async Task<bool> SaveAsync(PendingChanges changes, WorkerNote note, CancellationToken cancellation)
    {
        var deferred = changes.Unsaved.ToList();
        await using var save = database.CreateCommand(Write);
        save.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = subscription });
        save.Parameters.Add(new NpgsqlParameter<long> { TypedValue = leaseToken });
        save.Parameters.Add(new NpgsqlParameter<long> { TypedValue = changes.Cursor });
        save.Parameters.Add(new NpgsqlParameter<string> { TypedValue = note.State.Word() });
        save.Parameters.Add(Value(note.Reason?.Word(), NpgsqlDbType.Varchar));
        save.Parameters.Add(Value(note.NotBefore?.ToMicrosecond(), NpgsqlDbType.TimestampTz));
        save.Parameters.Add(Value(note.LastAcceptedAt?.ToMicrosecond(), NpgsqlDbType.TimestampTz));
        save.Parameters.Add(Value(note.LastError is { } error ? JsonSerializer.Serialize(error, JsonShapes.Stored) : null, NpgsqlDbType.Jsonb));
        save.Parameters.Add(Value(changes.Settled.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bigint));
        save.Parameters.Add(Column(deferred, change => change.Position, NpgsqlDbType.Bigint));
        save.Parameters.Add(Column(deferred, change => change.StreamId, NpgsqlDbType.Varchar));
        save.Parameters.Add(Column(deferred, change => change.Attempts, NpgsqlDbType.Integer));
        save.Parameters.Add(Column(deferred, change => change.FirstAttemptAt?.ToMicrosecond(), NpgsqlDbType.TimestampTz));
        save.Parameters.Add(Column(deferred, change => change.NextAttemptAt.ToMicrosecond(), NpgsqlDbType.TimestampTz));
        save.Parameters.Add(Column(deferred, change => change.IsGivenUp, NpgsqlDbType.Boolean));
        save.Parameters.Add(Column(deferred, change => change.LastOutcome?.Word(), NpgsqlDbType.Varchar));
        save.Parameters.Add(Column(deferred, change => change.LastStatus, NpgsqlDbType.Integer));
        return await save.ExecuteScalarAsync(cancellation) is not null;
    }

    private static NpgsqlParameter Column<T>(List<PendingChange> changes, Func<PendingChange, T> of, NpgsqlDbType type) =>
        Value(changes.Select(of).ToArray(), NpgsqlDbType.Array | type);

    private static NpgsqlParameter Value(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
