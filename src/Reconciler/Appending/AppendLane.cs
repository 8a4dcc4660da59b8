using System.Threading.Channels;
using Npgsql;
using Reconciler.Ledger;
using Reconciler.Personal;
using Reconciler.Streams;
using Reconciler.Telemetry;

namespace Reconciler.Appending;

/// <summary>
/// Drains one bounded queue into one transaction at a time. While one batch commits the next one gathers: the busier the database,
/// the larger the batches.
/// </summary>
internal sealed partial class AppendLane : IAsyncDisposable
{
    private const int ConflictRetriesMax = 5;

    // A batch of so many gathered while others were written: the machine is full.
    private const int CrowdMin = 16;

    private static readonly TimeSpan DeliveryWaitUsual = TimeSpan.FromMilliseconds(8);
    private static readonly TimeSpan LateFor = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ReopenWait = TimeSpan.FromMilliseconds(200);

    // At the end, what waits is still committed; a database that does not answer by then is not waited for.
    private static readonly TimeSpan StopWait = TimeSpan.FromSeconds(10);

    private readonly Channel<Append> queue;
    private readonly AppendOptions options;
    private readonly TimeProvider clock;
    private readonly TimeProvider shared;
    private readonly ILogger log;
    private readonly int number;
    private readonly LaneConnection connection;
    private readonly LaneMemory memory;
    private readonly EventAppender events;
    private readonly Func<PersonalBox> personal;
    private readonly FeedTelling readers;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task draining;
    private long bytesHeld;
    private long lateAt;

    internal AppendLane(
        int number, NpgsqlDataSource database, EventAppender events, Func<PersonalBox> personal, FeedTelling readers, AppendOptions options,
        TimeProvider clock, TimeProvider shared, ILogger log)
    {
        (this.number, this.events, this.personal, this.readers, this.options, this.clock, this.shared, this.log) =
            (number, events, personal, readers, options, clock, shared, log);
        connection = new LaneConnection(database);
        memory = new LaneMemory(clock);
        queue = Channel.CreateBounded<Append>(new BoundedChannelOptions(options.QueueMax) { SingleReader = true });
        draining = Task.Run(DrainAsync);
    }

    internal int Waiting => queue.Reader.Count;

    /// <summary>A delivery waited for its commit longer than a quiet machine lets it, a moment ago.</summary>
    internal bool IsLate => Interlocked.Read(ref lateAt) is var at and not 0 && clock.GetElapsedTime(at) < LateFor;

    internal bool TryEnqueue(Append item)
    {
        item.EnqueuedAt = clock.GetTimestamp();
        if (Interlocked.Add(ref bytesHeld, item.BodyBytes) <= options.QueueBytesMax && queue.Writer.TryWrite(item)) return true;
        Interlocked.Add(ref bytesHeld, -item.BodyBytes);
        return false;
    }

    private async Task DrainAsync()
    {
        var batch = new List<Append>(options.BatchMax);
        while (await queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            // Behind all that the threads have before them: requests that have arrived are read first, and are in this batch, not in the next.
            await Task.Yield();
            batch.Clear();
            var bytes = 0;
            while (batch.Count < options.BatchMax && bytes < options.BatchBytesMax && queue.Reader.TryRead(out var item))
            {
                batch.Add(item);
                bytes += item.BodyBytes;
            }

            await AnswerAsync([.. batch]);
            Interlocked.Add(ref bytesHeld, -bytes);
        }
    }

    /// <summary>Never throws: a lane that ended here would leave all who come after without an answer.</summary>
    private async Task AnswerAsync(Append[] items)
    {
        try
        {
            await CommitAsync(items);
        }
        catch (Exception unforeseen)
        {
            Fail(items, new AppendUnavailable("It is not known to be committed.", unforeseen));
            Unforeseen(log, unforeseen, number, items.Length);
            await Task.Delay(ReopenWait, clock, CancellationToken.None);
        }
    }

    /// <summary>Commits the items, or splits them until the one that cannot be stored stands alone. Answers every item.</summary>
    private async Task CommitAsync(Append[] items)
    {
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var byMemory = attempt == 1 && memory.Serves(items);
                try
                {
                    await CommitOnceAsync(items, byMemory);
                    return;
                }
                catch (PostgresException conflict) when (Conflicts(conflict) && attempt < ConflictRetriesMax)
                {
                    // Another node was faster on one of these payouts, or memory did not hold: read what is there, and decide again.
                    Measures.AppendConflicts.Add(1);
                    if (byMemory) memory.Distrust();
                    await DropAsync();
                }
            }
        }
        catch (Exception fault) when (IsTrouble(fault))
        {
            ConnectionTrouble(log, number, items.Length, fault.Message);
            await DropAsync();
            Fail(items, new AppendUnavailable("The database cannot commit now.", fault));
            await Task.Delay(ReopenWait, clock, CancellationToken.None);
        }
        catch (Exception fault) when (items.Length > 1)
        {
            BatchSplit(log, number, items.Length, fault.GetType().Name);
            await DropAsync();
            await CommitAsync(items[..(items.Length / 2)]);
            await CommitAsync(items[(items.Length / 2)..]);
        }
        catch (Exception fault)
        {
            ItemRefused(log, fault, number, items[0].GetType().Name);
            await DropAsync();
            Fail(items, fault is PostgresException lost && Conflicts(lost) ? new AppendUnavailable("Others were faster, again and again.", lost) : fault);
        }
    }

    // What was written before the fault may be gone, and the next connection may lead to another database.
    private async Task DropAsync()
    {
        memory.Forget();
        await connection.DropAsync();
    }

    private async Task CommitOnceAsync(Append[] items, bool byMemory)
    {
        using var span = AppendTraces.StartBatch(items);
        var started = clock.GetTimestamp();
        await connection.EnsureOpenAsync(stopping.Token);
        var batch = await DecidedAsync(items, byMemory);
        try
        {
            await batch.StoreAsync(readers, readersCanWait: items.Length >= CrowdMin, stopping.Token);
        }
        catch (Exception fault) when (IsTrouble(fault))
        {
            await DropAsync();
            if (!await CommitReadBack.HasCommittedAsync(connection, batch.Marker, clock, log))
                throw new AppendUnavailable("The database does not say that it committed.", fault);
        }

        if (batch.Telling is { } telling) readers.Committed(telling);
        memory.Keep(items, batch.Kept);
        var traced = span;
        ThreadPool.UnsafeQueueUserWorkItem(committed => committed.Answer(traced, clock), batch, preferLocal: false);
        Measures.Batch(items.Length, clock.GetElapsedTime(started));
        // In the order of arrival: the first waited longest.
        if (Array.Find(items, item => item is KeepDelivery) is { } oldest && clock.GetElapsedTime(oldest.EnqueuedAt) > DeliveryWaitUsual)
            Interlocked.Exchange(ref lateAt, clock.GetTimestamp());
    }

    private async Task<AppendBatch> DecidedAsync(Append[] items, bool byMemory)
    {
        var batch = new AppendBatch(
            connection.Open, events, personal(), items, clock.GetUtcNow(), shared.GetUtcNow(), options.CaseDeadlines, byMemory ? memory : null);
        await batch.LoadAsync(stopping.Token);
        if (batch.TryDecide()) return batch;
        await batch.GiveUpAsync(stopping.Token);
        return await DecidedAsync(items, byMemory: false);
    }

    private static void Fail(Append[] items, Exception why) =>
        ThreadPool.UnsafeQueueUserWorkItem(failed => Array.ForEach(failed, item => item.Fail(why)), items, preferLocal: false);

    private static bool Conflicts(PostgresException fault) =>
        VersionConflict.Is(fault) || PayoutWrites.IsOutdated(fault) || EvidenceRows.WereKnown(fault) || fault.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;

    // The connection is gone, the server is going, or it cancelled what took too long: the fault lies with no item, and splitting
    // would only repeat it.
    private static bool IsTrouble(Exception fault) => fault switch
    {
        AppendUnavailable or OperationCanceledException => true,
        PostgresException { SqlState: var state } =>
            state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("57", StringComparison.Ordinal)
            || state.StartsWith("53", StringComparison.Ordinal) || state.StartsWith("58", StringComparison.Ordinal) || state is PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.LockNotAvailable,
        NpgsqlException or IOException or TimeoutException or ObjectDisposedException or System.Net.Sockets.SocketException => true,
        _ => false,
    };

    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await Task.WhenAny(draining, Task.Delay(StopWait, clock, CancellationToken.None));
        await stopping.CancelAsync();
        await draining;
        await connection.DropAsync();
        stopping.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Lane {Lane}: {Items} items were not committed, the database is in trouble: {Trouble}")]
    private static partial void ConnectionTrouble(ILogger log, int lane, int items, string trouble);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Lane {Lane}: a batch of {Items} was refused ({Fault}) and is split to find the item")]
    private static partial void BatchSplit(ILogger log, int lane, int items, string fault);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Lane {Lane}: {Items} items met a fault that no rule foresaw, and were sent away")]
    private static partial void Unforeseen(ILogger log, Exception fault, int lane, int items);

    [LoggerMessage(Level = LogLevel.Error, Message = "Lane {Lane}: one {Item} cannot be stored")]
    private static partial void ItemRefused(ILogger log, Exception fault, int lane, string item);
}
