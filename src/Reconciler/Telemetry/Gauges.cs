using System.Diagnostics.Metrics;
using Npgsql;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Polling;

namespace Reconciler.Telemetry;

/// <summary>
/// What only the database or the clocks know: how long silence has lasted, what is left of the budgets, which breakers are open, where
/// the feed's head is. Looked up now and then, not at every scrape.
/// </summary>
internal sealed partial class Gauges(
    ConnectionRegistry connections, SilenceClock silence, NpgsqlDataSource database, TimeProvider clock, ILogger<Gauges> log) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(15);

    // Served by payouts_to_check.
    private const string DueSince = """
        select next_poll_at from reconciler.payouts
        where connection = $1 and check_at <= $2 and next_poll_at <= $2 order by check_at limit 1
        """;

    private const string Head = "select (select position from reconciler.feed_head), (select position from reconciler.book_progress)";

    private volatile IReadOnlyList<Seen> seen = [];
    private long head;
    private long booked;

    /// <param name="SilenceSeconds">How long the payout that waits longest for a poll is past due; 0 where none is.</param>
    private sealed record Seen(ConnectionKey Connection, double SilenceSeconds, int? BudgetLeft);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var meter = new Meter(Measures.Name);
        meter.CreateObservableGauge("reconciler.silence.age", () => seen.Select(one => Of(one.SilenceSeconds, one.Connection)), "s",
            "How far the longest-waiting due poll is past its time, by connection.");
        meter.CreateObservableGauge("reconciler.budget.left", () => seen.Where(one => one.BudgetLeft is not null).Select(one => Of(one.BudgetLeft!.Value, one.Connection)),
            "{request}", "Requests that the tightest budget still allows now, by connection.");
        meter.CreateObservableGauge("reconciler.breaker.open",
            () => silence.Contexts.Select(one => Of(one.Pipeline.OpenUntil is null ? 0 : 1, one.Connection.Settings.Key)),
            description: "1 while this node asks nothing of the connection because it keeps failing.");
        meter.CreateObservableGauge("reconciler.feed.head", () => Interlocked.Read(ref head), "{change}", "The feed's highest position.");
        meter.CreateObservableGauge("reconciler.book.position", () => Interlocked.Read(ref booked), "{change}",
            "The feed's position that the book of the finance queries has reached; what it lacks is read from the payouts.");
        using var timer = new PeriodicTimer(LookEvery, clock);
        try
        {
            do await LookAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        try
        {
            await using var session = await database.OpenConnectionAsync(cancellation);
            await using (var query = new NpgsqlCommand(Head, session))
            await using (var row = await query.ExecuteReaderAsync(cancellation))
            {
                await row.ReadAsync(cancellation);
                Interlocked.Exchange(ref head, row.GetInt64(0));
                Interlocked.Exchange(ref booked, row.GetInt64(1));
            }

            var found = new List<Seen>();
            foreach (var connection in connections.All)
            {
                var now = silence.Now;
                await using var query = new NpgsqlCommand(DueSince, session) { Parameters = { new NpgsqlParameter { Value = connection.Settings.Key.ToString() }, new NpgsqlParameter { Value = now } } };
                var due = await query.ExecuteScalarAsync(cancellation) is DateTime at ? (now - new DateTimeOffset(at)).TotalSeconds : 0;
                found.Add(new Seen(connection.Settings.Key, Math.Max(0, due), await RequestBudgets.LeftAsync(session, connection.Settings, now, cancellation)));
            }

            seen = found;
        }
        catch (NpgsqlException fault)
        {
            NotSeen(log, fault.Message);
        }
    }

    private static Measurement<T> Of<T>(T value, ConnectionKey connection) where T : struct =>
        new(value, new KeyValuePair<string, object?>("connection", connection.ToString()));

    [LoggerMessage(Level = LogLevel.Warning, Message = "The gauges could not be read: {Trouble}")]
    private static partial void NotSeen(ILogger log, string trouble);
}
