using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;

namespace Reconciler.Ledger.Subscriptions;

/// <summary>
/// What operators read and change. Each change makes the lease's token grow: the node that sends stops, and begins anew by what stands
/// then. There are few subscriptions, so that reading all of them needs no index.
/// </summary>
internal sealed class SubscriptionStore(NpgsqlDataSource database, TimeProvider clock)
{
    internal const int CountMax = 100;

    // The deferred ones of a subscription are served by the primary key, and bounded.
    private const string Show = $"""
        select {SubscriptionRow.Columns}, feed_head.position,
            late.deferred, late.refused, late.given_up
        from reconciler.subscriptions cross join reconciler.feed_head
        cross join lateral (
            select count(*) as deferred, count(*) filter (where attempts > 0) as refused, count(*) filter (where given_up) as given_up
            from reconciler.subscription_deferred where subscription = subscriptions.id) late
        where $1::uuid is null or id = $1
        order by created_at, id
        """;

    private const string Insert = """
        insert into reconciler.subscriptions
            (id, url, description, kinds, connections, allowed_ranges, sealed_secrets, state, epoch, cursor_position, created_at, updated_at)
        select $1, $2, $3, $4, $5, $6, $7, 'active', installation.epoch, coalesce($8::bigint, feed_head.position), $9, $9
        from reconciler.installation, reconciler.feed_head
        where coalesce($8::bigint, 0) <= feed_head.position and (select count(*) from reconciler.subscriptions) < $10
        """;

    private const string Update = """
        update reconciler.subscriptions
        set url = $2, description = $3, kinds = $4, connections = $5, allowed_ranges = $6, sealed_secrets = $7, updated_at = $8,
            lease_token = lease_token + 1
        where id = $1 and updated_at = $9
        """;

    private const string Pause = """
        update reconciler.subscriptions set state = 'paused', reason = 'operator', updated_at = $2, lease_token = lease_token + 1 where id = $1
        """;

    // A cursor at which a former history and this one are still the same has missed nothing.
    private const string Resume = """
        with resumed as (
            update reconciler.subscriptions
            set state = 'active', reason = null, not_before = null, epoch = installation.epoch, updated_at = $2, lease_token = lease_token + 1
            from reconciler.installation, reconciler.feed_head
            where id = $1 and cursor_position <= feed_head.position and (
                subscriptions.epoch = installation.epoch
                or cursor_position <= (
                    select min(later.begins_after) from reconciler.feed_epochs as former
                    join reconciler.feed_epochs as later on later.number > former.number
                    where former.epoch = subscriptions.epoch))
            returning id),
        again as (
            update reconciler.subscription_deferred
            set attempts = 0, first_attempt_at = null, next_attempt_at = $2, given_up = false
            from resumed where subscription = resumed.id)
        select from resumed
        """;

    private const string Replay = """
        with moved as (
            update reconciler.subscriptions
            set cursor_position = $3, epoch = installation.epoch, not_before = null, updated_at = $2, lease_token = lease_token + 1,
                state = case state when 'dead' then 'active' else state end, reason = case state when 'dead' then null else reason end
            from reconciler.installation, reconciler.feed_head
            where id = $1 and $3 <= feed_head.position
            returning id),
        forgotten as (delete from reconciler.subscription_deferred using moved where subscription = moved.id)
        select from moved
        """;

    private const string Skip = """
        with mine as (update reconciler.subscriptions set updated_at = $2, lease_token = lease_token + 1 where id = $1 returning id)
        delete from reconciler.subscription_deferred using mine where subscription = mine.id and position = $3
        """;

    private const string Deferred = """
        select position, stream_id, attempts, first_attempt_at, next_attempt_at, given_up, last_outcome, last_status
        from reconciler.subscription_deferred where subscription = $1 order by position
        """;

    internal async Task<IReadOnlyList<ShownSubscription>> ShowAsync(Guid? id, CancellationToken cancellation)
    {
        await using var query = database.CreateCommand(Show);
        query.Parameters.Add(new NpgsqlParameter { Value = id is { } one ? one : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        await using var rows = await query.ExecuteReaderAsync(cancellation);
        var shown = new List<ShownSubscription>();
        const int At = SubscriptionRow.ColumnCount;
        while (await rows.ReadAsync(cancellation))
            shown.Add(new ShownSubscription(SubscriptionRow.Of(rows), rows.GetInt64(At), rows.GetInt64(At + 1), rows.GetInt64(At + 2), rows.GetInt64(At + 3)));
        return shown;
    }

    internal async Task<IReadOnlyList<DeferredAnswer>> DeferredAsync(Guid id, CancellationToken cancellation)
    {
        await using var query = database.CreateCommand(Deferred);
        query.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        await using var rows = await query.ExecuteReaderAsync(cancellation);
        var deferred = new List<DeferredAnswer>();
        while (await rows.ReadAsync(cancellation))
        {
            deferred.Add(new DeferredAnswer(
                rows.GetInt64(0), PayoutId.Parse(rows.GetString(1)), rows.GetInt32(2), SubscriptionRow.Instant(rows, 3),
                rows.GetFieldValue<DateTimeOffset>(4), rows.GetBoolean(5),
                rows.IsDBNull(6) ? null : EnumWords<AttemptOutcome>.Parse(rows.GetString(6)), rows.IsDBNull(7) ? null : rows.GetInt32(7)));
        }

        return deferred;
    }

    /// <summary>False where the start lies beyond the feed's head, or there are too many.</summary>
    internal Task<bool> InsertAsync(Guid id, GivenSubscription given, byte[] sealedSecrets, CancellationToken cancellation) => DoAsync(
        Insert,
        [
            .. Columns(id, given, sealedSecrets),
            new NpgsqlParameter { Value = given.StartAfter is { } start ? start : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
            Now(), new NpgsqlParameter<long> { TypedValue = CountMax },
        ],
        cancellation);

    /// <summary>False where it is not any more what was read: gone, or changed by somebody else.</summary>
    internal Task<bool> UpdateAsync(SubscriptionRow read, GivenSubscription given, byte[] sealedSecrets, CancellationToken cancellation) =>
        DoAsync(Update, [.. Columns(read.Id, given, sealedSecrets), Now(), Instant(read.UpdatedAt)], cancellation);

    internal Task<bool> DeleteAsync(Guid id, CancellationToken cancellation) =>
        DoAsync("delete from reconciler.subscriptions where id = $1", [Id(id)], cancellation);

    internal Task<bool> PauseAsync(Guid id, CancellationToken cancellation) => DoAsync(Pause, [Id(id), Now()], cancellation);

    /// <summary>False where there is none, or its cursor lies where a former history is not this one any more.</summary>
    internal Task<bool> ResumeAsync(Guid id, CancellationToken cancellation) => DoAsync(Resume, [Id(id), Now()], cancellation);

    /// <summary>False where there is none, or the position lies beyond the feed's head.</summary>
    internal Task<bool> ReplayAsync(Guid id, long after, CancellationToken cancellation) =>
        DoAsync(Replay, [Id(id), Now(), new NpgsqlParameter<long> { TypedValue = after }], cancellation);

    /// <summary>False where the change is not deferred.</summary>
    internal Task<bool> SkipAsync(Guid id, long position, CancellationToken cancellation) =>
        DoAsync(Skip, [Id(id), Now(), new NpgsqlParameter<long> { TypedValue = position }], cancellation);

    private async Task<bool> DoAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = await rows.ReadAsync(cancellation);
        await rows.CloseAsync();
        return found || rows.RecordsAffected > 0;
    }

    private static NpgsqlParameter[] Columns(Guid id, GivenSubscription given, byte[] sealedSecrets) =>
    [
        Id(id),
        new NpgsqlParameter<string> { TypedValue = given.Url },
        new NpgsqlParameter { Value = given.Description is { } text ? text : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar },
        new NpgsqlParameter<string[]> { TypedValue = [.. given.Kinds] },
        new NpgsqlParameter<string[]> { TypedValue = [.. given.Connections] },
        new NpgsqlParameter<string[]> { TypedValue = [.. given.AllowedRanges] },
        new NpgsqlParameter<byte[]> { TypedValue = sealedSecrets },
    ];

    private static NpgsqlParameter Id(Guid id) => new NpgsqlParameter<Guid> { TypedValue = id };

    private NpgsqlParameter Now() => Instant(clock.GetUtcNow().ToMicrosecond());

    private static NpgsqlParameter Instant(DateTimeOffset at) =>
        new NpgsqlParameter<DateTimeOffset> { TypedValue = at, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}

/// <param name="Refused">Deferred ones that were tried.</param>
internal sealed record ShownSubscription(SubscriptionRow Row, long Head, long Deferred, long Refused, long GivenUp);
