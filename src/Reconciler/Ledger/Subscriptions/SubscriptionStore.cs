using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;

namespace Reconciler.Ledger.Subscriptions;

/// <summary>What operators read. There are few subscriptions, so that reading all of them needs no index.</summary>
internal sealed class SubscriptionStore(NpgsqlDataSource database)
{
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
}

/// <param name="Refused">Deferred ones that were tried.</param>
internal sealed record ShownSubscription(SubscriptionRow Row, long Head, long Deferred, long Refused, long GivenUp);
