using Npgsql;
using NpgsqlTypes;
using Reconciler.Access;
using Reconciler.Access.Audit;
using Reconciler.Core;

namespace Reconciler.Ledger.Subscriptions;

/// <summary>
/// One act of an operator on a subscription, in one transaction with its entries in the audit log. Each act makes the lease's token grow:
/// the node that sends stops, and begins anew by what stands then.
/// </summary>
internal sealed class SubscriptionAct(NpgsqlDataSource database, AuditLog audit, TimeProvider clock)
{
    // Before and after lie together then, whatever the node that sends writes meanwhile.
    private const string Lock = $"select {SubscriptionRow.Columns} from reconciler.subscriptions where id = $1 for update";

    /// <summary>Does it, and records it as one entry with the subscription before and after.</summary>
    /// <inheritdoc cref="DoAsync(Actor, Guid, string, NpgsqlParameter[], Func{SubscriptionRow, SubscriptionRow, IEnumerable{AuditedAct}}, CancellationToken)"/>
    internal Task<bool> DoAsync(Actor by, string act, Guid id, string sql, NpgsqlParameter[] parameters, CancellationToken cancellation) => DoAsync(
        by, id, sql, parameters, (before, after) => [new AuditedAct(act, AuditedSubscription.Of(before), AuditedSubscription.Of(after))], cancellation);

    /// <param name="sql">Its first parameter is the id. It returns the row as it is then, and none where the act cannot be done.</param>
    /// <param name="told">What is recorded, given the row before, which is null for a new one, and the row after.</param>
    /// <returns>False where it could not be done: nothing has changed.</returns>
    internal async Task<bool> DoAsync(
        Actor by, Guid id, string sql, NpgsqlParameter[] parameters, Func<SubscriptionRow?, SubscriptionRow, IEnumerable<AuditedAct>> told,
        CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var before = await RowAsync(connection, Lock, id, [], cancellation);
        if (await RowAsync(connection, sql, id, parameters, cancellation) is not { } after) return false;
        foreach (var entry in told(before, after))
            await audit.RecordAsync(connection, by, $"subscription.{entry.Act}", $"subscription:{id}", entry.Before, entry.After, why: null, cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    internal NpgsqlParameter Now() => Instant(clock.GetUtcNow().ToMicrosecond());

    internal static NpgsqlParameter Instant(DateTimeOffset at) =>
        new NpgsqlParameter<DateTimeOffset> { TypedValue = at, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private static async Task<SubscriptionRow?> RowAsync(
        NpgsqlConnection connection, string sql, Guid id, NpgsqlParameter[] parameters, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = id } } };
        command.Parameters.AddRange(parameters);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? SubscriptionRow.Of(row) : null;
    }
}
