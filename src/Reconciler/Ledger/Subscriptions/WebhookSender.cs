using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Npgsql;
using Reconciler.Connections;
using Reconciler.Telemetry;

namespace Reconciler.Ledger.Subscriptions;

/// <summary>Holds leases on subscriptions, and runs one worker for each that this node holds: one that fails is no matter to the others.</summary>
public sealed partial class WebhookSender(
    NpgsqlDataSource database, Installation installation, ChangeFeed feed, FeedWaiter waiter, SubscriptionOptions options, TimeProvider clock,
    ILogger<WebhookSender> log)
    : BackgroundService
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReleaseMax = TimeSpan.FromSeconds(2);

    private readonly SubscriptionLeases leases = new(database, Guid.CreateVersion7());
    private readonly SemaphoreSlim look = new(0, 1);
    private readonly Dictionary<Guid, Running> workers = [];
    private volatile IReadOnlyList<Running> seen = [];

    /// <summary>Something was changed: it need not wait for the next look.</summary>
    internal void LookNow()
    {
        try
        {
            look.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is about to look already.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var meter = new Meter(Measures.Name);
        meter.CreateObservableGauge("reconciler.webhooks.lag", () => seen.Select(one => SubscriptionMeasures.Of(one.Worker.Lag, one.Id)), "{change}",
            "Changes between what a subscription that this node sends for was told, and the feed's end.");
        var isAway = false;
        try
        {
            while (true)
            {
                try
                {
                    await LookAsync(stoppingToken);
                    isAway = false;
                }
                catch (Exception fault) when (fault is NpgsqlException or TimeoutException)
                {
                    if (!isAway) Away(log, fault.Message);
                    isAway = true;
                }

                await look.WaitAsync(LookInterval, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
        finally
        {
            await EndAllAsync();
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        foreach (var ended in workers.Values.Where(one => one.Work.IsCompleted).ToList()) await RemoveAsync(ended);
        var askedAt = clock.GetTimestamp();
        var held = await leases.RenewAsync([.. workers.Values.Select(one => (one.Id, one.Token))], cancellation);
        foreach (var one in workers.Values.ToList())
        {
            if (held.Contains(one.Id)) one.HeldSince(clock.GetElapsedTime(askedAt));
            else await RemoveAsync(one);
        }

        askedAt = clock.GetTimestamp();
        foreach (var row in await leases.ClaimAsync(workers.Keys, cancellation)) Start(row, clock.GetElapsedTime(askedAt));
        seen = [.. workers.Values];
    }

    private void Start(SubscriptionRow row, TimeSpan since)
    {
        try
        {
            var worker = new SubscriptionWorker(row, options, database, installation, feed, waiter, clock, log);
            workers.Add(row.Id, new Running(row.Id, row.LeaseToken, worker, clock, since));
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException)
        {
            // It is claimed again at each look; what is wrong is in what is stored, and a PUT repairs it.
            Unusable(log, row.Id, fault.Message);
        }
    }

    private async Task RemoveAsync(Running one)
    {
        workers.Remove(one.Id);
        if (await one.EndAsync() is { } fault) Failed(log, one.Id, fault);
    }

    private async Task EndAllAsync()
    {
        foreach (var one in workers.Values) one.Stop();
        foreach (var one in workers.Values.ToList())
        {
            if (await one.StoppedAsync() is { } fault) Failed(log, one.Id, fault);
        }

        try
        {
            using var tooLate = new CancellationTokenSource(ReleaseMax, clock);
            await leases.ReleaseAsync(tooLate.Token);
        }
        catch (Exception away) when (away is NpgsqlException or OperationCanceledException)
        {
            // Others wait until the leases run out.
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        look.Dispose();
    }

    /// <summary>A worker and the lease that it works under.</summary>
    private sealed class Running
    {
        private readonly CancellationTokenSource stopping = new();
        private readonly CancellationTokenSource lost;

        public Running(Guid id, long token, SubscriptionWorker worker, TimeProvider clock, TimeSpan since)
        {
            (Id, Token, Worker) = (id, token, worker);
            lost = new CancellationTokenSource(Left(since), clock);
            Work = Task.Run(() => worker.RunAsync(stopping.Token, lost.Token));
        }

        public Guid Id { get; }

        public long Token { get; }

        public SubscriptionWorker Worker { get; }

        public Task Work { get; }

        public void HeldSince(TimeSpan since) => lost.CancelAfter(Left(since));

        public void Stop() => stopping.Cancel();

        /// <summary>The lease is somebody else's, or changed: nothing of this worker may go on.</summary>
        public async Task<Exception?> EndAsync()
        {
            await lost.CancelAsync();
            return await StoppedAsync();
        }

        /// <returns>What made it fail.</returns>
        public async Task<Exception?> StoppedAsync()
        {
            try
            {
                await Work;
                return null;
            }
            catch (OperationCanceledException)
            {
                return null;
            }
            catch (Exception fault)
            {
                return fault;
            }
            finally
            {
                Worker.Dispose();
                lost.Dispose();
                stopping.Dispose();
            }
        }

        private static TimeSpan Left(TimeSpan since) => since < SubscriptionLeases.HeldFor ? SubscriptionLeases.HeldFor - since : TimeSpan.Zero;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Subscriptions cannot be looked after now, what is sent goes on for seconds: {Trouble}")]
    private static partial void Away(ILogger log, string trouble);

    [LoggerMessage(Level = LogLevel.Error, Message = "Subscription {Subscription} cannot be used: put it anew. {Trouble}")]
    private static partial void Unusable(ILogger log, Guid subscription, string trouble);

    [LoggerMessage(Level = LogLevel.Error, Message = "Sending for subscription {Subscription} failed; it is begun again")]
    private static partial void Failed(ILogger log, Guid subscription, Exception fault);
}
