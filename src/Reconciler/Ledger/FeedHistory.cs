using Npgsql;

namespace Reconciler.Ledger;

/// <summary>The histories that the feed has had. A restored backup begins a new one; see the decision on the feed's epochs.</summary>
public sealed class FeedHistory(NpgsqlDataSource database)
{
    // Locks the feed's head: what is appended meanwhile comes after.
    private const string Check = """
        with head as materialized (select position from reconciler.feed_head for update)
        select reconciler.feed_epoch(position) from head
        """;

    private const string Begin = """
        with head as materialized (select position, (select epoch from reconciler.installation) as former from reconciler.feed_head for update)
        select former, position, coalesce($1, position),
            case when coalesce($1, position) between 0 and position then reconciler.begin_feed_epoch(coalesce($1, position), $2) end
        from head
        """;

    // Served by the keys of feed_epochs. Histories may have branched off more than once since: the earliest counts.
    private const string Common = """
        select min(later.begins_after) from reconciler.feed_epochs as former
        join reconciler.feed_epochs as later on later.number > former.number
        where former.epoch = $1
        """;

    /// <summary>Begins a new epoch where the database is not where it was: another cluster, timeline, database or table.</summary>
    internal static async Task CheckAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var check = new NpgsqlCommand(Check, connection);
        await check.ExecuteScalarAsync(cancellation);
    }

    /// <inheritdoc cref="CheckAsync(NpgsqlConnection, CancellationToken)"/>
    public async Task CheckAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await CheckAsync(connection, cancellation);
    }

    /// <summary>Up to which position a former epoch and this one are the same history; null for an epoch that this feed never had.</summary>
    public async Task<long?> AgreesUpToAsync(Guid former, CancellationToken cancellation)
    {
        await using var query = database.CreateCommand(Common);
        query.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = former });
        return await query.ExecuteScalarAsync(cancellation) as long?;
    }

    /// <summary>Begins a new epoch because somebody knows better than the database can. In the connection's transaction, if it has one.</summary>
    /// <param name="agreesUpTo">The last position that the new history has in common with the former one; null for the feed's head.</param>
    /// <returns>Null where the position lies beyond the feed's head.</returns>
    internal static async Task<BegunEpoch?> BeginAsync(
        NpgsqlConnection connection, long? agreesUpTo, string because, CancellationToken cancellation)
    {
        await using var begin = new NpgsqlCommand(Begin, connection);
        begin.Parameters.Add(new NpgsqlParameter { Value = agreesUpTo ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint });
        begin.Parameters.Add(new NpgsqlParameter<string> { TypedValue = because });
        await using var row = await begin.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return row.IsDBNull(3) ? null : new BegunEpoch(row.GetGuid(0), row.GetGuid(3), row.GetInt64(1), row.GetInt64(2));
    }
}

/// <param name="AgreesUpTo">Former and new epoch are the same history up to here.</param>
public sealed record BegunEpoch(Guid Former, Guid Epoch, long Head, long AgreesUpTo);
