using System.Collections.Concurrent;
using Npgsql;
using Reconciler.Appending;
using Reconciler.Connections;
using Reconciler.Core;

namespace Reconciler.Polling;

/// <summary>Keeps one clock per connection running, as connections come, change and go; and names the payouts whose deadline passed.</summary>
internal sealed partial class SilenceClock(
    ConnectionRegistry connections,
    Appender appender,
    DuePayouts due,
    Installation installation,
    NpgsqlDataSource database,
    TimeProvider clock,
    [FromKeyedServices(SharedClock.Name)] TimeProvider shared,
    ILogger<SilenceClock> log) : BackgroundService
{
    private const int OverdueAtOnceMax = 500;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan OverdueEvery = TimeSpan.FromSeconds(5);

    // Served by payouts_to_check.
    private const string Overdue = """
        select stream_id from reconciler.payouts
        where connection = any($3) and check_at <= $1 and overdue_at <= $1 limit $2
        """;

    private readonly ConcurrentDictionary<ConnectionKey, ConnectionClock> clocks = new();

    /// <summary>A payout of this connection became due at once.</summary>
    internal void Wake(ConnectionKey connection)
    {
        if (clocks.TryGetValue(connection, out var one)) one.Wake();
    }

    /// <summary>What polls of this connection work with on this node; null where it has no clock yet.</summary>
    internal PollContext? ContextOf(ConnectionKey connection) => clocks.TryGetValue(connection, out var one) ? one.Context : null;

    /// <summary>What polling goes by (see <see cref="SharedClock"/>).</summary>
    internal DateTimeOffset Now => shared.GetUtcNow();

    internal IEnumerable<PollContext> Contexts => clocks.Values.Select(one => one.Context);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var overdueLookedAt = clock.GetTimestamp();
        using var timer = new PeriodicTimer(LookAgain, clock);
        try
        {
            do
            {
                await FollowConnectionsAsync();
                if (clock.GetElapsedTime(overdueLookedAt) < OverdueEvery) continue;
                overdueLookedAt = clock.GetTimestamp();
                await NameOverdueAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
        finally
        {
            await Task.WhenAll(clocks.Values.Select(one => one.DisposeAsync().AsTask()));
        }
    }

    private async Task FollowConnectionsAsync()
    {
        var open = connections.All.Where(connection => !connection.IsPaused).ToDictionary(connection => connection.Settings.Key);
        foreach (var (key, one) in clocks)
        {
            if (open.TryGetValue(key, out var now) && ReferenceEquals(now, one.Context.Connection)) continue;
            clocks.TryRemove(key, out _);
            await one.DisposeAsync();
        }

        foreach (var (key, connection) in open)
        {
            if (clocks.ContainsKey(key)) continue;
            var added = new ConnectionClock(new PollContext(
                connection, new PollPipeline(connection, database, clock, shared), appender, due, installation, database, clock, shared, log));
            clocks[key] = added;
            added.Start();
        }
    }

    private async Task NameOverdueAsync(CancellationToken cancellation)
    {
        try
        {
            var now = Now.ToMicrosecond();
            await using var query = database.CreateCommand(Overdue);
            query.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
            query.Parameters.Add(new NpgsqlParameter<int> { TypedValue = OverdueAtOnceMax });
            query.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. connections.All.Select(one => one.Settings.Key.ToString())] });
            var late = new List<PayoutId>();
            await using (var rows = await query.ExecuteReaderAsync(cancellation))
                while (await rows.ReadAsync(cancellation))
                    late.Add(PayoutId.Parse(rows.GetString(0)));
            var noted = late
                .Select(id => (Id: id, Connection: connections.Find(id.Connection.ToString())))
                .Where(one => one.Connection is not null)
                .Select(one => appender.AppendAsync(
                    new NoteOverdue(one.Id, one.Connection!.Settings.Provider, now, one.Connection.Settings.Polling)));
            await Task.WhenAll(noted);
        }
        catch (Exception fault) when (fault is NpgsqlException or AppendUnavailable)
        {
            Trouble(log, fault.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Payouts past their deadline could not be named now: {Trouble}")]
    private static partial void Trouble(ILogger log, string trouble);
}
