using Npgsql;
using Reconciler.Access;

namespace Reconciler.Ledger.Subscriptions;

/// <summary>Stops subscriptions, and says from where they go on.</summary>
internal sealed class SubscriptionSteering(SubscriptionAct act)
{
    private const string Pause = $"""
        update reconciler.subscriptions set state = 'paused', reason = 'operator', updated_at = $2, lease_token = lease_token + 1 where id = $1
        returning {SubscriptionRow.Columns}
        """;

    // A cursor at which a former history and this one are still the same has missed nothing.
    private const string Resume = $"""
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
            returning {SubscriptionRow.Columns}),
        again as (
            update reconciler.subscription_deferred
            set attempts = 0, first_attempt_at = null, next_attempt_at = $2, given_up = false
            from resumed where subscription = resumed.id)
        select * from resumed
        """;

    private const string Replay = $"""
        with moved as (
            update reconciler.subscriptions
            set cursor_position = $3, epoch = installation.epoch, not_before = null, updated_at = $2, lease_token = lease_token + 1,
                state = case state when 'dead' then 'active' else state end, reason = case state when 'dead' then null else reason end
            from reconciler.installation, reconciler.feed_head
            where id = $1 and $3 <= feed_head.position
            returning {SubscriptionRow.Columns}),
        forgotten as (delete from reconciler.subscription_deferred using moved where subscription = moved.id)
        select * from moved
        """;

    private const string Skip = $"""
        with skipped as (delete from reconciler.subscription_deferred where subscription = $1 and position = $3 returning subscription)
        update reconciler.subscriptions set updated_at = $2, lease_token = lease_token + 1 from skipped where id = skipped.subscription
        returning {SubscriptionRow.Columns}
        """;

    internal Task<bool> PauseAsync(Actor by, Guid id, CancellationToken cancellation) => act.DoAsync(by, "paused", id, Pause, [act.Now()], cancellation);

    /// <summary>False where there is none, or its cursor lies where a former history is not this one any more.</summary>
    internal Task<bool> ResumeAsync(Actor by, Guid id, CancellationToken cancellation) => act.DoAsync(by, "resumed", id, Resume, [act.Now()], cancellation);

    /// <summary>False where there is none, or the position lies beyond the feed's head.</summary>
    internal Task<bool> ReplayAsync(Actor by, Guid id, long after, CancellationToken cancellation) =>
        act.DoAsync(by, "replayed", id, Replay, [act.Now(), new NpgsqlParameter<long> { TypedValue = after }], cancellation);

    /// <summary>False where the change is not deferred.</summary>
    internal Task<bool> SkipAsync(Actor by, Guid id, long position, CancellationToken cancellation) => act.DoAsync(
        by, id, Skip, [act.Now(), new NpgsqlParameter<long> { TypedValue = position }],
        (_, _) => [new AuditedAct("change_skipped", new AuditedChange(position), null)], cancellation);
}
