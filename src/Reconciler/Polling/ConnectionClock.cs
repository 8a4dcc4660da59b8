using Npgsql;

namespace Reconciler.Polling;

/// <summary>The silence clock of one connection on this node: claims what is due, as much as it can ask at once, and asks.</summary>
internal sealed partial class ConnectionClock(PollContext context) : IAsyncDisposable
{
    /// <summary>Requests in flight per connection and node.</summary>
    private const int ConcurrentMax = 128;

    /// <summary>While deliveries wait long for their commit, the clock yields down to this: its payouts were silent for minutes anyway.</summary>
    private const int ConcurrentMin = 4;

    /// <summary>A claim is worth its transaction when it may take this share of what may be in flight.</summary>
    private const int ClaimShare = 3;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan HeldWaitMax = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TroubleWait = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim woken = new(0, 1);
    private readonly CancellationTokenSource stopping = new();
    private Task running = Task.CompletedTask;
    private int inFlight;
    private volatile int allowed = ConcurrentMax;

    internal PollContext Context => context;

    internal void Start() => running = Task.Run(RunAsync);

    /// <summary>Something became due at once.</summary>
    internal void Wake()
    {
        if (woken.CurrentCount > 0) return;
        try
        {
            woken.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody woke it in the same instant, which is all that was wanted.
        }
    }

    private async Task RunAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var wait = await ClaimAndAskAsync();
                if (wait > TimeSpan.Zero) await WaitAsync(wait);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault) when (fault is NpgsqlException or IOException or TimeoutException)
            {
                Trouble(context.Log, context.Connection.Settings.Key.ToString(), fault.Message);
                await WaitAsync(TroubleWait);
            }
        }
    }

    /// <returns>How long to wait before looking again.</returns>
    private async Task<TimeSpan> ClaimAndAskAsync()
    {
        if (context.Pipeline.OpenUntil is not null) return Tick;
        Yield();
        var free = (context.Pipeline.IsProving ? 1 : allowed) - Volatile.Read(ref inFlight);
        if (free <= 0 || (free < allowed / ClaimShare && Volatile.Read(ref inFlight) > 0)) return Tick;
        var claimed = await context.Due.ClaimAsync(context.Connection, free, stopping.Token);
        foreach (var poll in claimed.Polls)
        {
            Interlocked.Increment(ref inFlight);
            _ = AskAsync(poll);
        }

        if (claimed.NotBefore is { } notBefore) return Clamp(notBefore - context.Shared.GetUtcNow());

        // A full claim means that more is waiting: go on as soon as there is room, which the end of a poll says.
        return claimed.Polls.Count == 0 || HasNoRoom ? Tick : TimeSpan.Zero;
    }

    private bool HasNoRoom => Volatile.Read(ref inFlight) > allowed - allowed / ClaimShare;

    // Halved while senders wait, a little more at each look when they do not.
    private void Yield() => allowed = context.Appender.IsBusy ? Math.Max(ConcurrentMin, allowed / 2) : Math.Min(ConcurrentMax, allowed + ConcurrentMin);

    // Bounded, since the operator may change the budget, and another node's clock may differ from ours.
    private static TimeSpan Clamp(TimeSpan wait) => wait < Tick ? Tick : wait > HeldWaitMax ? HeldWaitMax : wait;

    private async Task AskAsync(PollPayout poll)
    {
        try
        {
            await PollPayoutHandler.Handle(poll, context, stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The service stops; the lease ends by itself, and another node or the next start asks again.
        }
        catch (Exception fault)
        {
            PollFailed(context.Log, fault, context.Connection.Settings.Key.ToString());
        }
        finally
        {
            Interlocked.Decrement(ref inFlight);
            if (!HasNoRoom) Wake();
        }
    }

    private async Task WaitAsync(TimeSpan wait)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        var tick = Task.Delay(wait, context.Clock, timeout.Token);
        await Task.WhenAny(tick, woken.WaitAsync(timeout.Token));
        await timeout.CancelAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running;
        woken.Dispose();
        stopping.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Connection}: the silence clock cannot read what is due: {Trouble}")]
    private static partial void Trouble(ILogger log, string connection, string trouble);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Connection}: a poll failed in a way that nobody foresaw")]
    private static partial void PollFailed(ILogger log, Exception fault, string connection);
}
