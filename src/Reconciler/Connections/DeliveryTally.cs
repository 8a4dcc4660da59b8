using System.Collections.Concurrent;
using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;
using Reconciler.Telemetry;

namespace Reconciler.Connections;

/// <summary>
/// Counts what comes for each connection, by verdict, and when each secret or key verified something. Gathered in memory and written every
/// few seconds: a delivery costs two additions. A crash loses those seconds of counts, and never a delivery.
/// </summary>
internal sealed partial class DeliveryTally(NpgsqlDataSource database, TimeProvider clock, ILogger<DeliveryTally> log) : BackgroundService
{
    internal static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(3);

    // A connection that was deleted meanwhile has nobody to count for.
    private const string WriteVerdicts = """
        insert into reconciler.delivery_tallies as kept (connection, verdict, day, deliveries, first_at, last_at)
        select noted.connection, noted.verdict, (noted.last_at at time zone 'utc')::date, noted.deliveries, noted.first_at, noted.last_at
        from unnest($1, $2, $3, $4, $5) as noted (connection, verdict, deliveries, first_at, last_at)
        join reconciler.connections on connections.key = noted.connection
        order by 1, 2
        on conflict (connection, verdict, day) do update
        set deliveries = kept.deliveries + excluded.deliveries, last_at = greatest(kept.last_at, excluded.last_at),
            first_at = least(kept.first_at, excluded.first_at)
        """;

    private const string WriteVerifiers = """
        insert into reconciler.webhook_verifiers as kept (connection, verifier, deliveries, last_used_at)
        select noted.connection, noted.verifier, noted.deliveries, noted.last_at
        from unnest($1, $2, $3, $4) as noted (connection, verifier, deliveries, last_at)
        join reconciler.connections on connections.key = noted.connection
        order by 1, 2
        on conflict (connection, verifier) do update
        set deliveries = kept.deliveries + excluded.deliveries, last_used_at = greatest(kept.last_used_at, excluded.last_used_at)
        """;

    // As many as there are connections, verdicts and secrets: none of these is a caller's to choose.
    private readonly ConcurrentDictionary<(string Connection, string Word), Noted> verdicts = new();
    private readonly ConcurrentDictionary<(string Connection, string Word), Noted> verifiers = new();
    private readonly SemaphoreSlim writing = new(1);

    /// <param name="verdict">What became of a delivery, in a word that the metric has too.</param>
    /// <param name="verifiedBy">The secret or key that matched.</param>
    public void Note(ConnectionKey connection, string verdict, string? verifiedBy = null)
    {
        Measures.Delivery(connection, verdict);
        var now = clock.GetUtcNow();
        verdicts.GetOrAdd((connection.ToString(), verdict), static _ => new Noted()).Add(now);
        if (verifiedBy is not null) verifiers.GetOrAdd((connection.ToString(), verifiedBy), static _ => new Noted()).Add(now);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(WriteEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await WriteAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await WriteAsync(CancellationToken.None);
        }
    }

    /// <summary>Writes what was noted since: who reads afterwards reads all that this node knows. What cannot be written waits.</summary>
    internal async Task WriteAsync(CancellationToken cancellation)
    {
        await writing.WaitAsync(cancellation);
        var (came, used) = (Taken(verdicts), Taken(verifiers));
        try
        {
            if (came.Count > 0) await WriteAsync(WriteVerdicts, came, withFirst: true, cancellation);
            came.Clear();
            if (used.Count > 0) await WriteAsync(WriteVerifiers, used, withFirst: false, cancellation);
            used.Clear();
        }
        catch (Exception fault) when (fault is NpgsqlException or IOException or TimeoutException)
        {
            NotWritten(log, fault.Message);
        }
        finally
        {
            foreach (var one in came) verdicts[one.Key].Return(one);
            foreach (var one in used) verifiers[one.Key].Return(one);
            writing.Release();
        }
    }

    private async Task WriteAsync(string sql, List<Taking> taken, bool withFirst, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. taken.Select(one => one.Key.Connection)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. taken.Select(one => one.Key.Word)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. taken.Select(one => one.Deliveries)] });
        if (withFirst) command.Parameters.Add(Instants(taken.Select(one => one.FirstAt)));
        command.Parameters.Add(Instants(taken.Select(one => one.LastAt)));
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static List<Taking> Taken(ConcurrentDictionary<(string Connection, string Word), Noted> noted) =>
        [.. noted.Select(pair => pair.Value.Take(pair.Key)).OfType<Taking>()];

    private static NpgsqlParameter Instants(IEnumerable<DateTimeOffset> instants) =>
        new() { Value = instants.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz };

    public override void Dispose()
    {
        base.Dispose();
        writing.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The counts of deliveries could not be written, they wait: {Trouble}")]
    private static partial void NotWritten(ILogger log, string trouble);

    private sealed record Taking((string Connection, string Word) Key, long Deliveries, DateTimeOffset FirstAt, DateTimeOffset LastAt);

    private sealed class Noted
    {
        private readonly Lock gate = new();
        private long deliveries;
        private DateTimeOffset firstAt;
        private DateTimeOffset lastAt;

        public void Add(DateTimeOffset at)
        {
            lock (gate)
            {
                if (deliveries++ == 0) firstAt = at;
                lastAt = at;
            }
        }

        public Taking? Take((string, string) key)
        {
            lock (gate)
            {
                if (deliveries == 0) return null;
                var taking = new Taking(key, deliveries, firstAt, lastAt);
                deliveries = 0;
                return taking;
            }
        }

        public void Return(Taking taking)
        {
            lock (gate)
            {
                if (deliveries == 0) lastAt = taking.LastAt;
                deliveries += taking.Deliveries;
                firstAt = taking.FirstAt;
            }
        }
    }
}
