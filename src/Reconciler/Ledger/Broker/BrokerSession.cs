using RabbitMQ.Client;

namespace Reconciler.Ledger.Broker;

/// <summary>
/// One connection to the broker with one channel, on which positions are published one after the other without waiting for each
/// confirm. The first thing that goes wrong ends it, for good: what was not confirmed is then published again, in order, on the next.
/// </summary>
internal sealed class BrokerSession : IAsyncDisposable
{
    private static readonly TimeSpan ConnectMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CloseMax = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ConfirmMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WatchEvery = TimeSpan.FromSeconds(2);

    private readonly BrokerOptions options;
    private readonly TimeProvider clock;
    private readonly Action<long> confirmed;
    private readonly Action<string?> blocking;
    private readonly Lock guard = new();
    private readonly ConfirmWindow window;
    private readonly Signal moved = new();
    private readonly CancellationTokenSource failing = new();
    private readonly ITimer watch;
    private IConnection? connection;
    private IChannel? channel;
    private BrokerFault? failure;
    private bool blocked;
    private long lastProgress;

    private BrokerSession(BrokerOptions options, long start, Action<long> confirmed, Action<string?> blocking, TimeProvider clock)
    {
        (this.options, this.confirmed, this.blocking, this.clock) = (options, confirmed, blocking, clock);
        window = new ConfirmWindow(start);
        watch = clock.CreateTimer(_ => FailIfStuck(), null, WatchEvery, WatchEvery);
    }

    /// <summary>Cancelled when the session has failed.</summary>
    public CancellationToken Failed => failing.Token;

    public BrokerFault? Failure => Volatile.Read(ref failure);

    /// <param name="start">The position before the first that will be published.</param>
    /// <param name="confirmed">Told, in order, up to which position everything is confirmed.</param>
    /// <param name="blocking">Told why the broker takes nothing now; and with null, that it takes messages again.</param>
    /// <exception cref="BrokerFault">It cannot be had.</exception>
    public static async Task<BrokerSession> OpenAsync(
        BrokerOptions options, long start, Action<long> confirmed, Action<string?> blocking, string node, TimeProvider clock, CancellationToken cancellation)
    {
        var session = new BrokerSession(options, start, confirmed, blocking, clock);
        try
        {
            await session.ConnectAsync(node, cancellation);
            return session;
        }
        catch (Exception thrown)
        {
            await session.DisposeAsync();
            cancellation.ThrowIfCancellationRequested();
            if (BrokerFault.Of(thrown, options) is not { } fault) throw;
            throw fault;
        }
    }

    internal static ConnectionFactory Factory(BrokerOptions options, string node)
    {
        var factory = new ConnectionFactory
        {
            Uri = options.Uri,
            ClientProvidedName = $"reconciler {node}",
            // The client would connect again by itself, and what it had not confirmed would be forgotten.
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            RequestedHeartbeat = Heartbeat,
            RequestedConnectionTimeout = ConnectMax,
            HandshakeContinuationTimeout = AnswerMax,
            ContinuationTimeout = AnswerMax,
        };
        // The client lets a certificate of another name pass where the address is a URI.
        factory.Ssl.AcceptablePolicyErrors = System.Net.Security.SslPolicyErrors.None;
        return factory;
    }

    /// <summary>Publishes the position after the last one. Waits while the window is full or the broker is blocked.</summary>
    /// <exception cref="BrokerFault">The session has failed.</exception>
    public async Task PublishAsync(long position, BrokerMessage message, CancellationToken cancellation)
    {
        await RoomAsync(cancellation);
        lock (guard)
        {
            if (window.Outstanding == 0) lastProgress = clock.GetTimestamp();
            window.Add(position);
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, Failed);
        try
        {
            await channel!.BasicPublishAsync(options.Exchange, message.RoutingKey, options.Mandatory, message.Properties, message.Body, ending.Token);
        }
        catch (Exception thrown)
        {
            // Whether it went out is not known, so nothing more can be counted on this channel.
            if (BrokerFault.Of(thrown, options) is { } fault) Fail(fault);
            if (Failure is { } failed) throw failed;
            throw;
        }
    }

    /// <summary>Returns when all that was published is confirmed, when that is not to be expected, or when the time is over.</summary>
    public async Task DrainAsync(TimeSpan atMost)
    {
        using var tooLate = new CancellationTokenSource(atMost, clock);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(tooLate.Token, Failed);
        while (!ending.IsCancellationRequested)
        {
            var next = moved.Next;
            lock (guard) if (blocked || window.Outstanding == 0) return;
            await Task.WhenAny(next, Task.Delay(Timeout.InfiniteTimeSpan, clock, ending.Token));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await watch.DisposeAsync();
        Fail(new BrokerFault("Closed."));
        if (connection is not null)
        {
            // A blocked broker does not read our farewell, and the client would wait for its answer: it does that behind us.
            await Task.WhenAny(CloseAsync(connection), Task.Delay(CloseMax, clock));
        }

        failing.Dispose();
    }

    private async Task ConnectAsync(string node, CancellationToken cancellation)
    {
        connection = await Factory(options, node).CreateConnectionAsync(cancellation);
        connection.ConnectionShutdownAsync += (_, reason) => Told(() => Fail(BrokerFault.Of(reason, options)));
        connection.ConnectionBlockedAsync += (_, why) => Told(() => Block(why.Reason));
        connection.ConnectionUnblockedAsync += (_, _) => Told(() => Block(null));
        channel = await connection.CreateChannelAsync(
            // Counted by ourselves: the client's own tracking would add a header that differs each time a message is published.
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false, outstandingPublisherConfirmationsRateLimiter: null),
            cancellation);
        if (options.Declare) await channel.ExchangeDeclareAsync(options.Exchange, ExchangeType.Topic, durable: true, autoDelete: false, cancellationToken: cancellation);
        else await channel.ExchangeDeclarePassiveAsync(options.Exchange, cancellation);
        channel.ChannelShutdownAsync += (_, reason) => Told(() => Fail(BrokerFault.Of(reason, options)));
        channel.BasicAcksAsync += (_, ack) => Told(() => Confirm(ack.DeliveryTag, ack.Multiple));
        channel.BasicNacksAsync += (_, _) => Told(() => Fail(new BrokerFault(
            "The broker refused a message: a queue that it was meant for is full or failed. It is published again until it is taken.")));
        channel.BasicReturnAsync += (_, returned) => Told(() => Fail(new BrokerFault(
            $"No queue is bound to '{options.Exchange}' for {returned.RoutingKey}. Bind one, or set Reconciler__Broker__Mandatory=false.", BrokerState.Unroutable)));
    }

    private static async Task CloseAsync(IConnection connection)
    {
        try
        {
            await connection.CloseAsync(Constants.ReplySuccess, "The publisher closes.", CloseMax, abort: true, CancellationToken.None);
            await connection.DisposeAsync();
        }
        catch (Exception gone) when (gone is RabbitMQ.Client.Exceptions.RabbitMQClientException or IOException or ObjectDisposedException
            or OperationCanceledException or TimeoutException)
        {
            // It is closed all the same.
        }
    }

    private static Task Told(Action act)
    {
        act();
        return Task.CompletedTask;
    }

    private async Task RoomAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var next = moved.Next;
            if (Failure is { } failed) throw failed;
            lock (guard) if (!blocked && window.Outstanding < options.Window) return;
            await next.WaitAsync(cancellation);
        }
    }

    private void Confirm(ulong number, bool multiple)
    {
        long upTo;
        lock (guard)
        {
            // What a failed session still hears is not taken: a returned message is confirmed, too, right after.
            if (failure is not null) return;
            lastProgress = clock.GetTimestamp();
            upTo = window.Confirm(number, multiple) ? window.Confirmed : -1;
        }

        if (upTo >= 0) confirmed(upTo);
        moved.Raise();
    }

    private void Block(string? why)
    {
        lock (guard)
        {
            if (failure is not null) return;
            blocked = why is not null;
            lastProgress = clock.GetTimestamp();
        }

        blocking(why);
        moved.Raise();
    }

    private void FailIfStuck()
    {
        bool stuck;
        lock (guard) stuck = failure is null && !blocked && window.Outstanding > 0 && clock.GetElapsedTime(lastProgress) > ConfirmMax;
        if (stuck) Fail(new BrokerFault($"{options.Shown} confirmed nothing for {ConfirmMax.TotalSeconds:F0} s."));
    }

    private void Fail(BrokerFault fault)
    {
        lock (guard)
        {
            if (failure is not null) return;
            failure = fault;
        }

        // Not on this thread: it may be the one that reads from the broker.
        _ = failing.CancelAsync();
        moved.Raise();
    }
}
