using Npgsql;
using Reconciler.Access;
using Reconciler.Access.Audit;
using Reconciler.Hosting;

namespace Reconciler.Ledger.Broker;

/// <summary>
/// Publishes again from a position; and, after the database was restored, says where to go on. Who publishes now is replaced, so that
/// nothing that it still hears from the broker moves the checkpoint.
/// </summary>
internal static class ReplayChanges
{
    private const string Lock = "select epoch, checkpoint from reconciler.broker_feed for update";

    private const string Rewind = """
        update reconciler.broker_feed as feed
        set token = feed.token + 1, node = null, state = 'connecting', checkpoint = $1 - 1, epoch = installation.epoch
        from reconciler.installation, reconciler.feed_head as head
        where $1 between 1 and head.position + 1 and ($1 <= feed.checkpoint + 1 or feed.epoch is distinct from installation.epoch)
        returning feed.epoch, feed.checkpoint
        """;

    internal static async Task<IResult> HandleAsync(
        ReplayOrder order, HttpContext context, NpgsqlDataSource database, IServiceProvider services, AuditLog audit, CancellationToken cancellation)
    {
        var isRewound = await RewindAsync(order.From, context.Actor(), database, audit, cancellation);
        var now = await BrokerStatus.ReadAsync(database, services.GetService<BrokerOptions>() is not null, cancellation);
        if (isRewound) return TypedResults.Ok(now);
        return Problem.Invalid("from", order.From > now.Checkpoint + 1 && order.From <= now.Head + 1
            ? $"It is {now.Checkpoint + 1} at most: what comes after the checkpoint was not published yet, and would be passed over."
            : $"It is a position of the feed: 1 to {now.Head + 1}.");
    }

    private static async Task<bool> RewindAsync(long from, Actor by, NpgsqlDataSource database, AuditLog audit, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var hold = new NpgsqlCommand(Lock, connection);
        var before = await ReadAsync(hold, cancellation);
        await using var rewind = new NpgsqlCommand(Rewind, connection) { Parameters = { new NpgsqlParameter<long> { TypedValue = from } } };
        if (await ReadAsync(rewind, cancellation) is not { } after) return false;
        await audit.RecordAsync(connection, by, "broker.replayed", "feed:broker", before, after, why: null, cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    private static async Task<AuditedCheckpoint?> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? new AuditedCheckpoint(row.IsDBNull(0) ? null : row.GetGuid(0), row.GetInt64(1)) : null;
    }

    /// <summary>How far the broker had confirmed, in the audit log. A storage shape.</summary>
    private sealed record AuditedCheckpoint(Guid? Epoch, long Checkpoint);
}

/// <param name="From">The first position to be published again: 1 to one beyond the checkpoint; to one beyond the feed's head where its epoch has changed.</param>
public sealed record ReplayOrder([property: System.Text.Json.Serialization.JsonRequired] long From);
