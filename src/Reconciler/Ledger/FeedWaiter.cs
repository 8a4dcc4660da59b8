using Npgsql;

namespace Reconciler.Ledger;

/// <summary>
/// Wakes readers of the feed, and brings the latest changes for all of them. However many there are, this node listens on one
/// connection, and reads each change once: when it is told of one, and every few seconds in case the telling was lost.
/// </summary>
public sealed partial class FeedWaiter : BackgroundService
{
    /// <summary>Told of what was added to the feed (see <see cref="FeedTelling"/>).</summary>
    internal const string Channel = "reconciler_changes";

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReopenWait = TimeSpan.FromSeconds(1);

    // While nobody follows, being told of each batch is no reason to ask the database after each.
    private static readonly TimeSpan UnfollowedWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan FollowedFor = TimeSpan.FromSeconds(5);

    private readonly NpgsqlDataSource database;
    private readonly IHostApplicationLifetime lifetime;
    private readonly TimeProvider clock;
    private readonly ILogger<FeedWaiter> log;
    private readonly FeedOptions options;

    private TaskCompletionSource moved = NewSignal();
    private long followedAt;
    private int followers;
    private int waiting;
    private int histories;

    public FeedWaiter(NpgsqlDataSource database, IHostApplicationLifetime lifetime, FeedOptions options, TimeProvider clock, ILogger<FeedWaiter> log)
    {
        (this.database, this.lifetime, this.options, this.clock, this.log) = (database, lifetime, options, clock, log);
        Recent = new RecentChanges(options.RecentMax, options.RecentBytesMax);
        followedAt = clock.GetTimestamp();
    }

    /// <summary>Readers that wait now.</summary>
    internal int Waiting => Volatile.Read(ref waiting);

    internal RecentChanges Recent { get; }

    /// <summary>
    /// Returns true when the feed's head lies beyond a position, or its history is another; false when the time is over, or when the
    /// service stops.
    /// </summary>
    public async Task<bool> WaitBeyondAsync(long position, TimeSpan atMost, CancellationToken cancellation)
    {
        var history = Volatile.Read(ref histories);
        Interlocked.Increment(ref waiting);
        try
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, lifetime.ApplicationStopping);
            var started = clock.GetTimestamp();
            while (true)
            {
                // The signal is taken before the head is looked at: a move between the two is then seen in either.
                var next = Volatile.Read(ref moved).Task;
                if (Recent.Last > position || Volatile.Read(ref histories) != history) return true;
                var left = atMost - clock.GetElapsedTime(started);
                if (left <= TimeSpan.Zero || ending.IsCancellationRequested) return false;
                await next.WaitAsync(left, clock, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    /// <summary>As <see cref="WaitBeyondAsync"/>, for a reader who then wants the changes themselves from <see cref="Recent"/>.</summary>
    internal async Task<bool> FollowBeyondAsync(long position, TimeSpan atMost, CancellationToken cancellation)
    {
        Interlocked.Increment(ref followers);
        try
        {
            return await WaitBeyondAsync(position, atMost, cancellation);
        }
        finally
        {
            Interlocked.Exchange(ref followedAt, clock.GetTimestamp());
            Interlocked.Decrement(ref followers);
        }
    }

    /// <summary>Looks where the database is before anybody can read from it: a restored one begins a new epoch.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
            await FeedHistory.CheckAsync(connection, cancellationToken);
        await base.StartAsync(cancellationToken);
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
                await Task.Delay(ReopenWait, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
        // The server was away, and it may be another one that came back.
        await FeedHistory.CheckAsync(connection, cancellation);
        while (true)
        {
            await LookAsync(connection, cancellation);
            while (!await connection.WaitAsync(LookInterval, cancellation) && Waiting == 0)
            {
                // Nobody waits and nobody told: there is nothing to look for.
            }

            if (!IsFollowed) await Task.Delay(UnfollowedWait, clock, cancellation);
        }
    }

    private bool IsFollowed => Volatile.Read(ref followers) > 0 || clock.GetElapsedTime(Interlocked.Read(ref followedAt)) < FollowedFor;

    private async Task LookAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        while (true)
        {
            var last = Recent.Last;
            var page = await ChangeFeed.ReadAsync(connection, last, IsFollowed ? ChangeFeed.LimitMax : 0, FeedFilter.All, cancellation);
            var isAnother = page.Epoch != Recent.Epoch || page.Head < last;
            if (isAnother)
            {
                if (Recent.Epoch != Guid.Empty) AnotherHistory(log, page.Epoch, page.Head, last);
                Recent.StartAfter(page.Head, page.Epoch);
                Interlocked.Increment(ref histories);
            }
            else if (page.Changes.Count == 0 || page.Head - last > options.RecentMax)
            {
                // Nobody followed on the way here, or they are more than can be held: who lies behind reads the table.
                if (page.Head == last) return;
                Recent.StartAfter(page.Head, page.Epoch);
            }
            else
            {
                Recent.Add(page.Changes);
            }

            Interlocked.Exchange(ref moved, NewSignal()).SetResult();
            if (Recent.Last >= page.Head) return;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not listening for changes, waiting readers may be woken late: {Trouble}")]
    private static partial void Away(ILogger log, string trouble);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The feed has another history than a moment ago: epoch {Epoch}, head {Head} after {Last}")]
    private static partial void AnotherHistory(ILogger log, Guid epoch, long head, long last);
}
