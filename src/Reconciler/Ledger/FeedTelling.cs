using Npgsql;

namespace Reconciler.Ledger;

/// <summary>
/// Tells the readers of all nodes that the feed has grown: with the transaction that adds the changes, or, while many deliveries
/// wait for their commits, of a few together. Each telling wakes a session of every node that listens; at full load that would cost as
/// much as some of the writes.
/// </summary>
/// <remarks>Nothing hangs on it: a telling that is lost with its node is made up for when <see cref="FeedWaiter"/> looks by itself.</remarks>
internal sealed partial class FeedTelling(NpgsqlDataSource database, TimeProvider clock, ILogger log) : IAsyncDisposable
{
    /// <summary>How late readers may be told at full load.</summary>
    private static readonly TimeSpan TogetherFor = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan StopWait = TimeSpan.FromSeconds(2);

    private readonly Lock turn = new();
    private long? toldAt;
    private long untold;
    private long madeUpFor;
    private bool isTellingLate;
    private Task late = Task.CompletedTask;

    /// <summary>Asked for each transaction that adds changes, before it commits.</summary>
    /// <param name="canWait">Deliveries are in more of a hurry than the readers.</param>
    internal Telling Begin(bool canWait)
    {
        lock (turn)
        {
            var isNow = !canWait || toldAt is not { } at || clock.GetElapsedTime(at) >= TogetherFor;
            if (isNow) toldAt = clock.GetTimestamp();
            return new Telling(isNow, untold);
        }
    }

    /// <summary>What was begun has committed.</summary>
    internal void Committed(Telling telling)
    {
        lock (turn)
        {
            // What committed before this one began is told by it, what committed since may not be.
            if (telling.IsNow) madeUpFor = long.Max(madeUpFor, telling.Untold);
            else untold++;
            if (untold == madeUpFor || isTellingLate) return;
            isTellingLate = true;
            late = TellLateAsync();
        }
    }

    private async Task TellLateAsync()
    {
        while (true)
        {
            await Task.Delay(TogetherFor, clock, CancellationToken.None);
            Telling telling;
            lock (turn)
            {
                isTellingLate = untold > madeUpFor;
                if (!isTellingLate) return;
                telling = Begin(canWait: true);
            }

            if (!telling.IsNow) continue;
            try
            {
                await using var tell = database.CreateCommand(ChangeRows.Tell);
                await tell.ExecuteNonQueryAsync();
            }
            catch (Exception fault) when (fault is NpgsqlException or IOException or TimeoutException or ObjectDisposedException)
            {
                NotTold(log, fault.Message);
            }

            Committed(telling);
        }
    }

    /// <summary>Tells what is still to be told, unless the database lets it wait.</summary>
    public async ValueTask DisposeAsync() =>
        await late.WaitAsync(StopWait, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Readers of the feed were not told of new changes, and may see them some seconds late: {Trouble}")]
    private static partial void NotTold(ILogger log, string trouble);
}

/// <param name="IsNow">This transaction tells.</param>
/// <param name="Untold">How many had committed without telling when it began.</param>
internal readonly record struct Telling(bool IsNow, long Untold);
