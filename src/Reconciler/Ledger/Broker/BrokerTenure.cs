using Npgsql;

namespace Reconciler.Ledger.Broker;

/// <summary>The time during which this node publishes. It ends when it is given up, when it is taken, or when the database is away for too long.</summary>
/// <param name="token">Ours; a higher one means that we have been replaced.</param>
/// <param name="epoch">The history that the checkpoint belongs to.</param>
/// <param name="feedEpoch">The history that the feed has.</param>
/// <param name="asked">When taking it was asked for: from then on it counts.</param>
internal sealed class BrokerTenure(BrokerLease lease, TimeProvider clock, long token, Guid epoch, Guid feedEpoch, long checkpoint, long asked) : IAsyncDisposable
{
    // A checkpoint is a commit beside those of the deliveries: a few in a second do. What is lost with it is published twice.
    private static readonly TimeSpan MoveEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RetryWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan GiveUpMax = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource ending = new();
    private readonly CancellationTokenSource losing = new();
    private readonly Signal told = new();
    private volatile Report report = new(BrokerState.Connecting, null, null);
    private long confirmed = checkpoint;
    private long heldSince = asked;
    private Task keeping = Task.CompletedTask;

    private sealed record Report(BrokerState State, string? Error, DateTimeOffset? ErrorAt);

    public long Token => token;

    public Guid Epoch => epoch;

    public Guid FeedEpoch => feedEpoch;

    /// <summary>Every position up to this one is confirmed by the broker.</summary>
    public long Confirmed => Interlocked.Read(ref confirmed);

    /// <summary>Cancelled when another may publish.</summary>
    public CancellationToken Lost => losing.Token;

    /// <summary>False also in the moment after a long pause of this process, before anything else has noticed.</summary>
    public bool IsHeld => !losing.IsCancellationRequested && clock.GetElapsedTime(Interlocked.Read(ref heldSince)) < BrokerLease.HeldMax;

    public (BrokerState State, string? Error, DateTimeOffset? ErrorAt) Told => (report.State, report.Error, report.ErrorAt);

    public void Start() => keeping = Task.Run(KeepAsync);

    /// <summary>To be told in order.</summary>
    public void Confirm(long position)
    {
        Interlocked.Exchange(ref confirmed, position);
        told.Raise();
    }

    /// <summary>How it goes, for people; the last trouble stays to be read after it is over.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Tell(BrokerState state, string? trouble = null)
    {
        var before = report;
        report = trouble is null ? before with { State = state } : new Report(state, trouble, clock.GetUtcNow());
        told.Raise();
        return before.State != state || (trouble is not null && before.Error != trouble);
    }

    /// <summary>Gives it up, so that another node need not wait; unless it is lost already.</summary>
    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await keeping;
        if (IsHeld)
        {
            using var tooLate = new CancellationTokenSource(GiveUpMax, clock);
            try
            {
                await lease.KeepAsync(this, Confirmed, giveUp: true, tooLate.Token);
            }
            catch (Exception away) when (away is NpgsqlException or OperationCanceledException or TimeoutException)
            {
                // It is taken from us when our beat has stood still for long enough.
            }
        }

        ending.Dispose();
        losing.Dispose();
    }

    private async Task KeepAsync()
    {
        try
        {
            while (!ending.IsCancellationRequested)
            {
                var next = told.Next;
                var asked = clock.GetTimestamp();
                if (!await BeatAsync()) break;
                Interlocked.Exchange(ref heldSince, asked);
                await Task.Delay(MoveEvery, clock, ending.Token);
                await Task.WhenAny(next, Task.Delay(BrokerLease.BeatEvery, clock, ending.Token));
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            return;
        }

        if (!ending.IsCancellationRequested) await losing.CancelAsync();
    }

    // The same beat twice does no harm, so one whose outcome is unknown is simply repeated, for as long as the tenure is surely ours.
    private async Task<bool> BeatAsync()
    {
        while (true)
        {
            var left = BrokerLease.HeldMax - clock.GetElapsedTime(Interlocked.Read(ref heldSince));
            if (left <= TimeSpan.Zero) return false;
            using var tooLate = new CancellationTokenSource(left, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(tooLate.Token, ending.Token);
            try
            {
                return await lease.KeepAsync(this, Confirmed, giveUp: false, either.Token);
            }
            catch (Exception away) when (away is NpgsqlException or TimeoutException || (away is OperationCanceledException && !ending.IsCancellationRequested))
            {
                await Task.Delay(RetryWait, clock, ending.Token);
            }
        }
    }
}
