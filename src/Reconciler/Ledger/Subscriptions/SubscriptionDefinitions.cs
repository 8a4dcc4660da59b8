using Npgsql;
using NpgsqlTypes;
using Reconciler.Access;
using Reconciler.Connections;

namespace Reconciler.Ledger.Subscriptions;

/// <summary>Makes, changes and removes subscriptions.</summary>
internal sealed class SubscriptionDefinitions(SubscriptionAct act, Installation installation)
{
    internal const int CountMax = 100;

    private const string Insert = $"""
        insert into reconciler.subscriptions
            (id, url, description, kinds, connections, allowed_ranges, sealed_secrets, state, epoch, cursor_position, created_at, updated_at)
        select $1, $2, $3, $4, $5, $6, $7, 'active', installation.epoch, coalesce($9::bigint, feed_head.position), $8, $8
        from reconciler.installation, reconciler.feed_head
        where coalesce($9::bigint, 0) <= feed_head.position and (select count(*) from reconciler.subscriptions) < $10
        returning {SubscriptionRow.Columns}
        """;

    private const string Update = $"""
        update reconciler.subscriptions
        set url = $2, description = $3, kinds = $4, connections = $5, allowed_ranges = $6, sealed_secrets = $7, updated_at = $8,
            lease_token = lease_token + 1
        where id = $1 and updated_at = $9
        returning {SubscriptionRow.Columns}
        """;

    private const string Delete = $"delete from reconciler.subscriptions where id = $1 returning {SubscriptionRow.Columns}";

    /// <summary>False where the start lies beyond the feed's head, or there are too many.</summary>
    internal Task<bool> CreateAsync(
        Actor by, Guid id, GivenSubscription given, IReadOnlyList<SubscriptionSecret> secrets, CancellationToken cancellation) => act.DoAsync(
        by, id, Insert,
        [
            .. Columns(id, given, secrets),
            new NpgsqlParameter { Value = given.StartAfter is { } start ? start : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
            new NpgsqlParameter<long> { TypedValue = CountMax },
        ],
        (_, after) => [new AuditedAct("created", null, AuditedSubscription.Of(after)), new AuditedAct("secrets_changed", null, AuditedSecrets.Of(secrets, []))],
        cancellation);

    /// <summary>False where it is not any more what was read: gone, or changed by somebody else.</summary>
    /// <param name="stored">The secrets that it had.</param>
    internal Task<bool> ChangeAsync(
        Actor by, SubscriptionRow read, GivenSubscription given, IReadOnlyList<SubscriptionSecret> stored, IReadOnlyList<SubscriptionSecret> secrets,
        CancellationToken cancellation) => act.DoAsync(
        by, read.Id, Update, [.. Columns(read.Id, given, secrets), SubscriptionAct.Instant(read.UpdatedAt)],
        (before, after) =>
        [
            .. given.IsThatOf(read) ? [] : (AuditedAct[])[new("changed", AuditedSubscription.Of(before), AuditedSubscription.Of(after))],
            .. secrets.SequenceEqual(stored) ? [] : (AuditedAct[])[new("secrets_changed", AuditedSecrets.Of(stored, stored), AuditedSecrets.Of(secrets, stored))],
        ],
        cancellation);

    /// <summary>False where there is none.</summary>
    internal Task<bool> DeleteAsync(Actor by, Guid id, CancellationToken cancellation) =>
        act.DoAsync(by, id, Delete, [], (before, _) => [new AuditedAct("deleted", AuditedSubscription.Of(before), null)], cancellation);

    private NpgsqlParameter[] Columns(Guid id, GivenSubscription given, IReadOnlyList<SubscriptionSecret> secrets) =>
    [
        new NpgsqlParameter<string> { TypedValue = given.Url },
        new NpgsqlParameter { Value = given.Description is { } text ? text : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar },
        new NpgsqlParameter<string[]> { TypedValue = [.. given.Kinds] },
        new NpgsqlParameter<string[]> { TypedValue = [.. given.Connections] },
        new NpgsqlParameter<string[]> { TypedValue = [.. given.AllowedRanges] },
        new NpgsqlParameter<byte[]> { TypedValue = SubscriptionSecret.Seal(installation.Secrets, id, secrets) },
        act.Now(),
    ];
}
