using Npgsql;

namespace Reconciler.Ledger.Subscriptions;

/// <summary>
/// Which node sends for which subscription. A lease is kept by the server's clock and renewed every second or so; a node that is gone
/// loses it within <see cref="Length"/>. Each new lease has a new token, and so has each change of the operator's.
/// </summary>
internal sealed class SubscriptionLeases(NpgsqlDataSource database, Guid node)
{
    internal static readonly TimeSpan Length = TimeSpan.FromSeconds(6);

    /// <summary>When a node that cannot renew stops of itself, measured from before it asked: sooner than anybody else may begin.</summary>
    internal static readonly TimeSpan HeldFor = TimeSpan.FromSeconds(5);

    private const string RenewAll = """
        update reconciler.subscriptions set lease_until = clock_timestamp() + $2
        from unnest($3::uuid[], $4::bigint[]) as held (id, token)
        where subscriptions.id = held.id and lease_owner = $1 and lease_token = held.token and state = 'active'
        returning subscriptions.id
        """;

    // What this node holds by an older token is its own again at once: its worker has ended.
    private const string ClaimFree = $"""
        update reconciler.subscriptions
        set lease_owner = $1, lease_token = lease_token + 1, lease_until = clock_timestamp() + $2
        where id in (
            select id from reconciler.subscriptions
            where state = 'active' and id <> all ($3) and (lease_until is null or lease_until < clock_timestamp() or lease_owner = $1)
            for update skip locked)
        returning {SubscriptionRow.Columns}
        """;

    private const string ReleaseAll = "update reconciler.subscriptions set lease_until = null where lease_owner = $1";

    /// <returns>Those that are still held.</returns>
    internal async Task<HashSet<Guid>> RenewAsync(IReadOnlyCollection<(Guid Id, long Token)> held, CancellationToken cancellation)
    {
        var renewed = new HashSet<Guid>();
        if (held.Count == 0) return renewed;
        await using var renew = Command(RenewAll);
        renew.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. held.Select(one => one.Id)] });
        renew.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. held.Select(one => one.Token)] });
        await using var rows = await renew.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation)) renewed.Add(rows.GetGuid(0));
        return renewed;
    }

    /// <returns>What this node is to send for from now on.</returns>
    internal async Task<IReadOnlyList<SubscriptionRow>> ClaimAsync(IEnumerable<Guid> held, CancellationToken cancellation)
    {
        await using var claim = Command(ClaimFree);
        claim.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. held] });
        await using var rows = await claim.ExecuteReaderAsync(cancellation);
        var claimed = new List<SubscriptionRow>();
        while (await rows.ReadAsync(cancellation)) claimed.Add(SubscriptionRow.Of(rows));
        return claimed;
    }

    /// <summary>This node stops: others need not wait.</summary>
    internal async Task ReleaseAsync(CancellationToken cancellation)
    {
        await using var release = database.CreateCommand(ReleaseAll);
        release.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = node });
        await release.ExecuteNonQueryAsync(cancellation);
    }

    private NpgsqlCommand Command(string sql)
    {
        var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = node });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = Length });
        return command;
    }
}
