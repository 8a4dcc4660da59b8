using Npgsql;

namespace Reconciler.Ledger.Broker;

/// <summary>
/// Publishes the feed to RabbitMQ: every position at least once, in order. Reads what is committed, and touches nothing that takes
/// deliveries in: whatever becomes of the broker, changes wait in the feed.
/// </summary>
internal sealed partial class BrokerPublisher(
    BrokerOptions options, BrokerLease lease, ChangeFeed feed, FeedWaiter waiter, TimeProvider clock, ILogger<BrokerPublisher> log) : BackgroundService
{
    private const int PageMax = 500;
    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(5);

    // Changes come in bursts: what follows within this time is read together.
    private static readonly TimeSpan ReadPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(3);

    // For people, and to be told apart from another process of the same machine.
    private readonly string node = $"{Environment.MachineName}/{Environment.ProcessId}";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var awayBecause = "";
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var tenure = await lease.TakeAsync(node, stoppingToken);
                Taken(log, options.Shown, tenure.Confirmed);
                tenure.Start();
                await PublishAsync(tenure, stoppingToken);
                if (tenure.Lost.IsCancellationRequested) Replaced(log);
                awayBecause = "";
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                // Nothing here may end the service. The same trouble is told once.
                if (fault.Message != awayBecause) Away(log, fault.Message);
                awayBecause = fault.Message;
                await Task.Delay(AgainAfter, clock, stoppingToken);
            }
        }
    }

    private async Task PublishAsync(BrokerTenure tenure, CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, tenure.Lost);
        var backoff = new Backoff();
        while (!ending.IsCancellationRequested)
        {
            var from = tenure.Confirmed;
            try
            {
                if (tenure.Epoch != tenure.FeedEpoch) throw OtherHistory(tenure);
                await PublishOnOneConnectionAsync(tenure, stopping, ending.Token);
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                return;
            }
            catch (Exception trouble) when (trouble is not OperationCanceledException)
            {
                var fault = trouble as BrokerFault ?? new BrokerFault($"A fault of ours: {trouble.Message}", inner: trouble);
                if (tenure.Confirmed > from) backoff.Reset();
                if (tenure.Tell(fault.State, fault.Message)) Waiting(log, fault.Message, trouble is BrokerFault ? null : trouble);
                // Only a person's decision ends this, and it ends the tenure, too.
                await PauseAsync(fault.State == BrokerState.Stopped ? Timeout.InfiniteTimeSpan : backoff.Next(), ending.Token);
            }
        }
    }

    private async Task PublishOnOneConnectionAsync(BrokerTenure tenure, CancellationToken stopping, CancellationToken ending)
    {
        await using var session = await BrokerSession.OpenAsync(options, tenure.Confirmed, tenure.Confirm, why => Blocked(tenure, why), node, clock, ending);
        if (tenure.Tell(BrokerState.Publishing)) Connected(log, options.Shown, tenure.Confirmed);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ending, session.Failed);
        try
        {
            await SendAsync(session, tenure, either.Token);
        }
        catch (OperationCanceledException) when (session.Failure is { } failure && !ending.IsCancellationRequested)
        {
            throw failure;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What is on its way is waited for, so that whoever goes on need not send it again.
            await session.DrainAsync(DrainMax);
            throw;
        }
    }

    private async Task SendAsync(BrokerSession session, BrokerTenure tenure, CancellationToken cancellation)
    {
        var sent = tenure.Confirmed;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var page = await ReadAsync(sent, cancellation);
            if (page.Epoch != tenure.FeedEpoch) throw OtherHistory(tenure);
            if (page.Head < sent)
                throw new BrokerFault($"The feed ends at {page.Head}, before the checkpoint {sent}: the database was restored or replaced. {WhatToDo}", BrokerState.Stopped);
            foreach (var change in page.Changes)
            {
                // After a pause of this process, its next beat tells whether it may go on.
                while (!tenure.IsHeld) await Task.Delay(ReadPause, clock, cancellation);
                await session.PublishAsync(change.Position, BrokerMessage.Of(change, tenure.Epoch, options.Source), cancellation);
                sent = change.Position;
            }

            if (page.Changes.Count > 0) continue;
            await waiter.WaitBeyondAsync(sent, WaitMax, cancellation);
            await Task.Delay(ReadPause, clock, cancellation);
        }
    }

    // The database may be away while the broker is well: its connection is kept.
    private async Task<FeedPage> ReadAsync(long after, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await feed.ReadAsync(after, PageMax, cancellation);
            }
            catch (Exception away) when (away is NpgsqlException or TimeoutException)
            {
                await Task.Delay(AgainAfter, clock, cancellation);
            }
        }
    }

    private void Blocked(BrokerTenure tenure, string? why)
    {
        if (why is null) tenure.Tell(BrokerState.Publishing);
        else if (tenure.Tell(BrokerState.Blocked, $"The broker takes no messages now: {why}.")) Waiting(log, tenure.Told.Error!, null);
    }

    private async Task PauseAsync(TimeSpan wait, CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(wait, clock, cancellation);
        }
        catch (OperationCanceledException)
        {
            // The caller looks at it.
        }
    }

    private const string WhatToDo = "Compare by payout with the ledger, then go on with POST /v1/feed/broker/replay {\"from\": position}.";

    private static BrokerFault OtherHistory(BrokerTenure tenure) => new(
        $"The feed's epoch is {tenure.FeedEpoch}, and what was published belongs to {tenure.Epoch}: the database was restored or replaced. {WhatToDo}",
        BrokerState.Stopped);

    [LoggerMessage(Level = LogLevel.Information, Message = "This node publishes the feed to {Broker} from now on, after position {Checkpoint}")]
    private static partial void Taken(ILogger log, string broker, long checkpoint);

    [LoggerMessage(Level = LogLevel.Information, Message = "This node no longer publishes the feed: another one may, or the database was away")]
    private static partial void Replaced(ILogger log);

    [LoggerMessage(Level = LogLevel.Information, Message = "Connected to {Broker}, publishing after position {Checkpoint}")]
    private static partial void Connected(ILogger log, string broker, long checkpoint);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The broker does not get the feed, changes wait: {Trouble}")]
    private static partial void Waiting(ILogger log, string trouble, Exception? fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Publishing the feed waits: {Trouble}")]
    private static partial void Away(ILogger log, string trouble);
}
