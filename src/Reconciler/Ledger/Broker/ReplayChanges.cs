using Npgsql;
using Reconciler.Access;
using Reconciler.Hosting;

namespace Reconciler.Ledger.Broker;

/// <summary>
/// Publishes again from a position; and, after the database was restored, says where to go on. Who publishes now is replaced, so that
/// nothing that it still hears from the broker moves the checkpoint.
/// </summary>
internal static partial class ReplayChanges
{
    private const string Rewind = """
        update reconciler.broker_feed as feed
        set token = feed.token + 1, node = null, state = 'connecting', checkpoint = $1 - 1, epoch = installation.epoch
        from reconciler.installation, reconciler.feed_head as head
        where $1 between 1 and head.position + 1 and ($1 <= feed.checkpoint + 1 or feed.epoch is distinct from installation.epoch)
        """;

    internal static async Task<IResult> HandleAsync(
        ReplayOrder order, HttpContext context, NpgsqlDataSource database, IServiceProvider services, ILogger<BrokerStatus> log, CancellationToken cancellation)
    {
        var configured = services.GetService<BrokerOptions>() is not null;
        await using (var rewind = database.CreateCommand(Rewind))
        {
            rewind.Parameters.Add(new NpgsqlParameter<long> { TypedValue = order.From });
            if (await rewind.ExecuteNonQueryAsync(cancellation) == 0)
            {
                var now = await BrokerStatus.ReadAsync(database, configured, cancellation);
                return Problem.Invalid("from", order.From > now.Checkpoint + 1 && order.From <= now.Head + 1
                    ? $"It is {now.Checkpoint + 1} at most: what comes after the checkpoint was not published yet, and would be passed over."
                    : $"It is a position of the feed: 1 to {now.Head + 1}.");
            }
        }

        Rewound(log, context.Actor().Reference, order.From);
        return TypedResults.Ok(await BrokerStatus.ReadAsync(database, configured, cancellation));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Actor} has the feed published again from position {From}")]
    private static partial void Rewound(ILogger log, string actor, long from);
}

/// <param name="From">The first position to be published again: 1 to one beyond the checkpoint; to one beyond the feed's head where its epoch has changed.</param>
public sealed record ReplayOrder([property: System.Text.Json.Serialization.JsonRequired] long From);
