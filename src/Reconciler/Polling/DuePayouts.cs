using Npgsql;
using NpgsqlTypes;
using Reconciler.Connections;
using Reconciler.Core;

namespace Reconciler.Polling;

/// <summary>One payout to ask about: a message.</summary>
/// <param name="PollsSinceHeard">Polls in a row since the last word.</param>
/// <param name="FaultsInARow">Requests in a row that brought no answer.</param>
/// <param name="DueAt">When it was due: what a fault may move, unless a webhook has moved it since.</param>
/// <param name="LeaseUntil">Ours until then; nobody else asks meanwhile.</param>
public sealed record PollPayout(PayoutId Payout, int PollsSinceHeard, int FaultsInARow, DateTimeOffset DueAt, DateTimeOffset LeaseUntil);

/// <summary>
/// Claims due payouts, within what the provider allows: all nodes together keep one budget, because it lives in the database and
/// is charged in the transaction that claims.
/// </summary>
internal sealed class DuePayouts(NpgsqlDataSource database, [FromKeyedServices(SharedClock.Name)] TimeProvider clock)
{
    /// <summary>How long a claimed payout stays ours beyond the request's own timeout: a node that died gives it back by silence.</summary>
    private static readonly TimeSpan LeaseBeyondTimeout = TimeSpan.FromSeconds(30);

    // Served by payouts_to_check.
    private const string IsAnyToCheck = """
        select exists (select 1 from reconciler.payouts
            where connection = $1 and check_at <= $2 and (poll_lease_until is null or poll_lease_until <= $2))
        """;

    // Served by payouts_to_check: those that later words pushed away since the clock last looked.
    private const string Postpone = """
        update reconciler.payouts as payout set check_at = least(next_poll_at, overdue_at)
        from (select stream_id from reconciler.payouts
              where connection = $1 and check_at <= $2 and (next_poll_at is null or next_poll_at > $2) and (overdue_at is null or overdue_at > $2)
              order by check_at limit 2000 for update skip locked) as early
        where payout.stream_id = early.stream_id
        """;

    // Served by payouts_to_check. A row that another node or a batch holds is passed over, not waited for.
    private const string Claim = """
        update reconciler.payouts as payout set poll_lease_until = $4
        from (select stream_id from reconciler.payouts
              where connection = $1 and check_at <= $2 and next_poll_at <= $2 and (poll_lease_until is null or poll_lease_until <= $2)
              order by check_at limit $3 for update skip locked) as due
        where payout.stream_id = due.stream_id
        returning payout.stream_id, payout.polls_since_heard, payout.poll_faults, payout.next_poll_at
        """;

    private const string ClaimOne = """
        update reconciler.payouts as payout set poll_lease_until = $3
        where stream_id = $1 and (poll_lease_until is null or poll_lease_until <= $2)
        returning stream_id, polls_since_heard, poll_faults, coalesce(next_poll_at, $2)
        """;

    // A later word has moved the schedule, or another node holds it by now: then the fault has nothing to say about it.
    private const string GiveBack = """
        update reconciler.payouts set poll_lease_until = null, poll_faults = poll_faults + 1,
            next_poll_at = case when next_poll_at = $2 then $4 else next_poll_at end,
            check_at = least(case when next_poll_at = $2 then $4 else next_poll_at end, overdue_at)
        where stream_id = $1 and poll_lease_until = $3
        """;

    /// <summary>Up to <paramref name="most"/> due payouts, in due order, each under a lease; and when nothing may be asked, until when.</summary>
    internal async Task<Claimed> ClaimAsync(OpenConnection connection, int most, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow().ToMicrosecond();
        var key = connection.Settings.Key;
        await using var session = await database.OpenConnectionAsync(cancellation);
        if (!await AnyToCheckAsync(session, key, now, cancellation)) return Claimed.Nothing;
        await using var transaction = await session.BeginTransactionAsync(cancellation);
        var granted = await RequestBudgets.GrantAsync(session, connection.Settings, most, now, cancellation);
        if (granted.Requests == 0) return new Claimed([], granted.NotBefore);
        // A lease that a crash of the database forgets is asked for again, which costs a request; a budget's count must not be forgotten.
        if (connection.Settings.Polling.Budget.IsEmpty) await HurryAsync(session, cancellation);
        await using var claim = new NpgsqlCommand(Claim, session);
        claim.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key.ToString() });
        claim.Parameters.Add(Instant(now));
        claim.Parameters.Add(new NpgsqlParameter<int> { TypedValue = granted.Requests });
        claim.Parameters.Add(Instant(Lease(connection, now)));
        var polls = await ReadAsync(claim, Lease(connection, now), cancellation);
        await RequestBudgets.ChargeAsync(session, connection.Settings, polls.Count, now, cancellation);
        await transaction.CommitAsync(cancellation);
        // Only when all that is due is taken: before that, looking for what is not due would mean walking over all that is.
        if (polls.Count < granted.Requests) await PostponeAsync(session, key, now, cancellation);
        return new Claimed(polls, null);
    }

    /// <summary>One payout, due or not; null where it is unknown, leased, or nothing may be asked now (then <c>NotBefore</c> says until when).</summary>
    internal async Task<Claimed> ClaimOneAsync(OpenConnection connection, PayoutId payout, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow().ToMicrosecond();
        await using var session = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await session.BeginTransactionAsync(cancellation);
        var granted = await RequestBudgets.GrantAsync(session, connection.Settings, 1, now, cancellation);
        if (granted.Requests == 0) return new Claimed([], granted.NotBefore);
        await using var claim = new NpgsqlCommand(ClaimOne, session);
        claim.Parameters.Add(new NpgsqlParameter<string> { TypedValue = payout.StreamId });
        claim.Parameters.Add(Instant(now));
        claim.Parameters.Add(Instant(Lease(connection, now)));
        var polls = await ReadAsync(claim, Lease(connection, now), cancellation);
        await RequestBudgets.ChargeAsync(session, connection.Settings, polls.Count, now, cancellation);
        await transaction.CommitAsync(cancellation);
        return new Claimed(polls, null);
    }

    /// <summary>Ends the lease after a request that brought no answer.</summary>
    internal async Task GiveBackAsync(PollPayout poll, DateTimeOffset nextPollAt, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(GiveBack);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = poll.Payout.StreamId });
        command.Parameters.Add(Instant(poll.DueAt));
        command.Parameters.Add(Instant(poll.LeaseUntil));
        command.Parameters.Add(Instant(nextPollAt.ToMicrosecond()));
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static DateTimeOffset Lease(OpenConnection connection, DateTimeOffset now) =>
        (now + connection.Settings.Polling.Timeout * 2 + LeaseBeyondTimeout).ToMicrosecond();

    private static async Task HurryAsync(NpgsqlConnection session, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("set local synchronous_commit = off", session);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task PostponeAsync(NpgsqlConnection session, ConnectionKey key, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Postpone, session);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key.ToString() });
        command.Parameters.Add(Instant(now));
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<bool> AnyToCheckAsync(NpgsqlConnection session, ConnectionKey key, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var query = new NpgsqlCommand(IsAnyToCheck, session);
        query.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key.ToString() });
        query.Parameters.Add(Instant(now));
        return await query.ExecuteScalarAsync(cancellation) is true;
    }

    private static async Task<List<PollPayout>> ReadAsync(NpgsqlCommand claim, DateTimeOffset leaseUntil, CancellationToken cancellation)
    {
        var polls = new List<PollPayout>();
        await using var rows = await claim.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation))
        {
            polls.Add(new PollPayout(
                PayoutId.Parse(rows.GetString(0)), rows.GetInt32(1), rows.GetInt32(2), rows.GetFieldValue<DateTimeOffset>(3), leaseUntil));
        }

        return polls;
    }

    private static NpgsqlParameter<DateTimeOffset> Instant(DateTimeOffset value) =>
        new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}

/// <param name="NotBefore">When the budget or the provider's Retry-After lets the next request through; null where neither stands in the way.</param>
internal sealed record Claimed(List<PollPayout> Polls, DateTimeOffset? NotBefore)
{
    internal static Claimed Nothing { get; } = new([], null);
}
