using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Npgsql;
using NpgsqlTypes;
using Reconciler.Appending;
using Reconciler.Core;

namespace Reconciler.Ingest;

/// <param name="Reason">A word: a refusal reason, or why a nudge was not kept.</param>
/// <param name="Digest">Of the whole body.</param>
internal sealed record RejectedDelivery(
    ConnectionKey Connection, string Reason, EvidenceDigest Digest, int BodyBytes, string? RemoteAddress, DateTimeOffset ReceivedAt)
{
    internal static RejectedDelivery Of(ConnectionKey connection, string reason, Providers.Delivery delivery, string? remoteAddress) => new(
        connection, reason, EvidenceDigest.Of(delivery.Body.Span), delivery.Body.Length, remoteAddress, delivery.ReceivedAt);
}

/// <summary>
/// What was not verified is noted here, without its bytes, and nowhere else, for a person who looks for a wrong setting. Bounded in memory, in time and in
/// the database: a flood of forged deliveries must cost next to nothing, and must not push out the one other word that explains
/// a wrong setting, so each connection and reason has a share of its own.
/// </summary>
internal sealed partial class RejectLog(NpgsqlDataSource database, TimeProvider clock, ILogger<RejectLog> log) : BackgroundService
{
    private const int BatchMax = 1000;
    private const int WaitingPerReasonMax = 200;
    private const int KeptPerConnection = 5000;
    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(1);

    private const string Insert = """
        insert into reconciler.rejected_deliveries (connection, reason, digest, body_bytes, remote_address, received_at)
        select * from unnest($1, $2, $3, $4, $5, $6)
        """;

    // Served by rejected_deliveries_by_connection.
    private const string Trim = """
        delete from reconciler.rejected_deliveries where connection = $1 and id <=
            (select id from reconciler.rejected_deliveries where connection = $1 order by id desc offset $2 limit 1)
        """;

    private readonly Channel<RejectedDelivery> waiting = Channel.CreateUnbounded<RejectedDelivery>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<(ConnectionKey, string), StrongBox<int>> waitingPerReason = new();

    internal void Add(RejectedDelivery rejected)
    {
        var share = waitingPerReason.GetOrAdd((rejected.Connection, rejected.Reason), _ => new StrongBox<int>());
        if (Interlocked.Increment(ref share.Value) > WaitingPerReasonMax)
        {
            Interlocked.Decrement(ref share.Value);
            return;
        }

        waiting.Writer.TryWrite(rejected);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(WriteEvery, clock);
        while (await waiting.Reader.WaitToReadAsync(stoppingToken))
        {
            var batch = new List<RejectedDelivery>();
            while (batch.Count < BatchMax && waiting.Reader.TryRead(out var rejected))
            {
                Interlocked.Decrement(ref waitingPerReason[(rejected.Connection, rejected.Reason)].Value);
                batch.Add(rejected);
            }

            try
            {
                await WriteAsync(batch, stoppingToken);
            }
            catch (Exception fault) when (fault is NpgsqlException or IOException or TimeoutException)
            {
                NotWritten(log, batch.Count, fault.Message);
            }

            await timer.WaitForNextTickAsync(stoppingToken);
        }
    }

    private async Task WriteAsync(List<RejectedDelivery> batch, CancellationToken cancellation)
    {
        await using var commands = database.CreateBatch();
        var insert = new NpgsqlBatchCommand(Insert);
        insert.Parameters.Add(Columns.Texts(batch, one => one.Connection.ToString()));
        insert.Parameters.Add(Columns.Texts(batch, one => one.Reason));
        insert.Parameters.Add(Columns.Bytes(batch, one => one.Digest.ToBytes()));
        insert.Parameters.Add(Columns.Of(batch, one => one.BodyBytes, NpgsqlDbType.Integer));
        insert.Parameters.Add(Columns.Texts(batch, one => one.RemoteAddress));
        insert.Parameters.Add(Columns.Of(batch, one => one.ReceivedAt, NpgsqlDbType.TimestampTz));
        commands.BatchCommands.Add(insert);
        foreach (var connection in batch.Select(one => one.Connection).Distinct())
        {
            var trim = new NpgsqlBatchCommand(Trim);
            trim.Parameters.Add(new NpgsqlParameter<string> { TypedValue = connection.ToString() });
            trim.Parameters.Add(new NpgsqlParameter<int> { TypedValue = KeptPerConnection });
            commands.BatchCommands.Add(trim);
        }

        await commands.ExecuteNonQueryAsync(cancellation);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} rejected deliveries could not be logged: {Trouble}")]
    private static partial void NotWritten(ILogger log, int count, string trouble);
}
