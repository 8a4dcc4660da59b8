using Npgsql;

namespace Reconciler.Ledger;

/// <summary>
/// Wakes readers of the feed. However many wait, this node listens on one connection, and looks at one row: when it is told of a change,
/// and every second in case the telling was lost.
/// </summary>
public sealed partial class FeedWaiter(NpgsqlDataSource database, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<FeedWaiter> log)
    : BackgroundService
{
    /// <summary>Told by each transaction that adds changes.</summary>
    internal const string Channel = "reconciler_changes";

    private const int WaitingMax = 10_000;
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReopenWait = TimeSpan.FromSeconds(1);

    private TaskCompletionSource moved = NewSignal();
    private long head;
    private int waiting;

    /// <summary>Readers that wait now.</summary>
    internal int Waiting => Volatile.Read(ref waiting);

    /// <summary>Returns when the feed's head lies beyond a position, when the time is over, or when the service stops.</summary>
    public async Task WaitBeyondAsync(long position, TimeSpan atMost, CancellationToken cancellation)
    {
        try
        {
            if (Interlocked.Increment(ref waiting) > WaitingMax) return;
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, lifetime.ApplicationStopping);
            var timeIsOver = Task.Delay(atMost, clock, ending.Token);
            while (!timeIsOver.IsCompleted)
            {
                // The signal is taken before the head is looked at: a move between the two is then seen in either.
                var next = Volatile.Read(ref moved).Task;
                if (Interlocked.Read(ref head) > position) break;
                await Task.WhenAny(next, timeIsOver);
            }

            await ending.CancelAsync();
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception away) when (away is NpgsqlException or IOException or TimeoutException or System.Net.Sockets.SocketException)
            {
                Away(log, away.Message);
                await Task.Delay(ReopenWait, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using (var listen = new NpgsqlCommand($"listen {Channel}", connection)) await listen.ExecuteNonQueryAsync(cancellation);
        while (true)
        {
            await using (var look = new NpgsqlCommand("select position from reconciler.feed_head", connection))
                Move((long)(await look.ExecuteScalarAsync(cancellation))!);
            while (!await connection.WaitAsync(LookInterval, cancellation) && Waiting == 0)
            {
                // Nobody waits and nobody told: there is nothing to look for.
            }
        }
    }

    private void Move(long to)
    {
        if (Interlocked.Exchange(ref head, to) == to) return;
        Interlocked.Exchange(ref moved, NewSignal()).SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not listening for changes, waiting readers may be woken late: {Trouble}")]
    private static partial void Away(ILogger log, string trouble);
}
