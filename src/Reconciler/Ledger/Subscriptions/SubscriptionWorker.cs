using System.Net;
using System.Threading.Channels;
using Npgsql;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Ledger.Subscriptions;

/// <summary>
/// Sends for one subscription while its lease is held: reads the feed ahead, sends each payout's changes one after the other and those of
/// different payouts beside each other, and saves how far it came. One loop owns all of its state; attempts only report to it.
/// </summary>
internal sealed partial class SubscriptionWorker : IDisposable
{
    /// <summary>So many first attempts refused in a row: the subscriber is away, and is asked one at a time.</summary>
    private const int AwayAfter = 5;

    private static readonly TimeSpan SaveInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ProbePauseMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProbePauseMax = TimeSpan.FromMinutes(1);
    // Also without being woken: a database that was restored has another history, and perhaps no news.
    private static readonly TimeSpan FeedLookInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TroublePause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EndMax = TimeSpan.FromSeconds(5);

    private readonly SubscriptionRow row;
    private readonly SubscriptionOptions options;
    private readonly FeedWaiter waiter;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly HttpMessageInvoker http;
    private readonly WebhookAttempt attempt;
    private readonly FeedWindow window;
    private readonly SubscriptionProgress progress;
    private readonly PendingChanges changes;
    private readonly Channel<Finished> finished = Channel.CreateUnbounded<Finished>(new UnboundedChannelOptions { SingleReader = true });

    private WorkerNote note;
    private bool isNoteUnsaved;
    private bool isLost;
    private int underWay;
    private int refusedInARow;
    private DateTimeOffset probeNotBefore = DateTimeOffset.UnixEpoch;
    private long savedAt;
    private long head;
    private long told;
    private bool mayHaveMore = true;
    private Task<bool>? someFinished;
    private Task? feedMoved;

    internal SubscriptionWorker(
        SubscriptionRow row, SubscriptionOptions options, NpgsqlDataSource database, Installation installation, ChangeFeed feed, FeedWaiter waiter,
        TimeProvider clock, ILogger log)
    {
        (this.row, this.options, this.waiter, this.clock, this.log) = (row, options, waiter, clock, log);
        var keys = SubscriptionSecret.Open(installation.Secrets, row.Id, row.SealedSecrets).Select(secret => StandardWebhook.KeyOf(secret.Secret)!).ToList();
        http = new OutgoingGuard(row.AllowedRanges.Select(IPNetwork.Parse)).CreateInvoker(options.ParallelAttempts);
        attempt = new WebhookAttempt(http, new Uri(row.Url), keys, options.AttemptTimeout, clock);
        window = new FeedWindow(feed, row.Kinds, row.Connections);
        progress = new SubscriptionProgress(database, row.Id, row.LeaseToken);
        changes = new PendingChanges(options.DeferredMax, row.Cursor);
        note = new WorkerNote(SubscriptionState.Active, null, row.NotBefore, row.LastAcceptedAt, row.LastError);
        told = row.Cursor;
        // What was away for the node before us is asked gently.
        refusedInARow = row.LastError is { } error && !(row.LastAcceptedAt >= error.At) ? AwayAfter : 0;
    }

    /// <summary>Positions between what was told and the feed's end, as far as it was read.</summary>
    internal long Lag => Math.Max(0, Volatile.Read(ref head) - Volatile.Read(ref told));

    private bool IsAway => refusedInARow >= AwayAfter;

    // Each reading moves on, so that this ends: the window is full enough, or the feed is read to its end.
    private bool MayFill => mayHaveMore && changes.Fresh <= options.WindowMax / 2;

    private bool HasEnded => isLost || note.State != SubscriptionState.Active;

    /// <summary>Returns when it is told to, when the lease is lost, or when the subscription came to an end.</summary>
    /// <param name="stopping">What is under way may come to its end, and is saved.</param>
    /// <param name="lost">Somebody else may send now: everything is dropped.</param>
    internal async Task RunAsync(CancellationToken stopping, CancellationToken lost)
    {
        using var attempts = CancellationTokenSource.CreateLinkedTokenSource(lost);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, lost);
        foreach (var deferred in await progress.DeferredAsync(ending.Token)) changes.Load(deferred);
        try
        {
            while (!ending.IsCancellationRequested)
            {
                while (finished.Reader.TryRead(out var one)) Apply(one);
                if (IsSaveDue()) await SaveAsync(ending.Token);
                if (HasEnded) break;
                if (MayFill) await FillAsync(ending.Token);
                StartDue(attempts.Token);
                await WaitAsync(ending.Token);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Told to stop; what is under way is looked after below.
        }
        finally
        {
            await EndAsync(attempts, lost);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task FillAsync(CancellationToken cancellation)
    {
        try
        {
            var part = await window.ReadAsync(changes.ReadTo, options.WindowMax - changes.Fresh, cancellation);
            Volatile.Write(ref head, part.Head);
            if (part.Epoch != row.Epoch) End(SubscriptionState.Dead, SubscriptionReason.FeedEpochChanged);
            else if (part.Head < changes.ReadTo) End(SubscriptionState.Dead, SubscriptionReason.FeedPositionAhead);
            if (HasEnded) return;
            foreach (var change in part.Changes) changes.Take(change);
            changes.HasRead(part.To);
            mayHaveMore = part.To < part.Head;
        }
        catch (NpgsqlException fault)
        {
            await TroubleAsync(fault, cancellation);
        }
    }

    private void StartDue(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        if (HasEnded || (note.NotBefore > now && note.NotBefore <= now + RetrySchedule.RetryAfterMax)) return;
        while (underWay < (IsAway ? 1 : options.ParallelAttempts) && changes.Next(now, mayBeFresh: !IsAway || ProbeIsDue(now)) is { } change)
        {
            changes.Started(change);
            underWay++;
            _ = ReportAsync(change, cancellation);
        }
    }

    private bool ProbeIsDue(DateTimeOffset now) => probeNotBefore <= now || probeNotBefore > now + ProbePauseMax;

    private async Task ReportAsync(PendingChange change, CancellationToken cancellation)
    {
        AttemptResult? result = null;
        try
        {
            var message = change.Message ?? await window.MessageAsync(change.Position, cancellation);
            result = await attempt.SendAsync(message, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The lease is lost, or the service stops: whoever sends next sends it again.
        }
        catch (Exception fault)
        {
            NotSent(log, row.Id, change.Position, fault.Message);
        }
        finally
        {
            finished.Writer.TryWrite(new Finished(change, result));
        }
    }

    private void Apply(Finished one)
    {
        underWay--;
        var now = clock.GetUtcNow();
        if (one.Result is not { } result)
        {
            changes.NotSent(one.Change);
            one.Change.NextAttemptAt = now + TroublePause;
            return;
        }

        SubscriptionMeasures.Attempt(row.Id, result.Outcome);
        if (result.Outcome == AttemptOutcome.Accepted) Accepted(one.Change, now);
        else Refused(one.Change, result, now);
        isNoteUnsaved = true;
    }

    private void Accepted(PendingChange change, DateTimeOffset now)
    {
        changes.Accepted(change);
        if (IsAway) changes.BringForward(now);
        refusedInARow = 0;
        note = note with { LastAcceptedAt = now, NotBefore = null };
    }

    private void Refused(PendingChange change, AttemptResult result, DateTimeOffset now)
    {
        note = note with { LastError = new AttemptError(now, change.Position, result.Outcome, result.Status, result.Detail) };
        NotAccepted(log, row.Id, change.Position, change.Attempts + 1, result.Outcome.Word(), result.Status);
        if (result.Outcome == AttemptOutcome.Gone)
        {
            changes.NotSent(change);
            End(SubscriptionState.Paused, SubscriptionReason.Gone);
            return;
        }

        if (change.Attempts == 0) refusedInARow++;
        probeNotBefore = now + ProbePause(refusedInARow - AwayAfter);
        var asked = result.Status is (int)HttpStatusCode.TooManyRequests or (int)HttpStatusCode.ServiceUnavailable ? result.RetryAfter : null;
        if (asked > TimeSpan.Zero) note = note with { NotBefore = now + (asked < RetrySchedule.RetryAfterMax ? asked : RetrySchedule.RetryAfterMax) };

        var wait = RetrySchedule.WaitAfter(change.Attempts + 1, now - (change.FirstAttemptAt ?? now), Random.Shared);
        // Nothing at all was accepted since it was first told: that is the subscriber's state, and not this change's.
        if (wait is null && !(note.LastAcceptedAt > change.FirstAttemptAt)) End(SubscriptionState.Dead, SubscriptionReason.ScheduleExhausted);
        changes.Refused(change, now, wait, result.Outcome, result.Status);
    }

    private static TimeSpan ProbePause(int probes) =>
        probes is >= 0 and < 6 ? ProbePauseMin * (1 << probes) : probes < 0 ? TimeSpan.Zero : ProbePauseMax;

    private void End(SubscriptionState state, SubscriptionReason reason)
    {
        note = note with { State = state, Reason = reason };
        isNoteUnsaved = true;
        Ended(log, row.Id, state.Word(), reason.Word());
    }

    private bool IsSaveDue() =>
        (changes.IsUnsaved || isNoteUnsaved)
        && (HasEnded || underWay == 0 || changes.Unsaved.Count > 0 || clock.GetElapsedTime(savedAt) >= SaveInterval);

    private async Task SaveAsync(CancellationToken cancellation)
    {
        try
        {
            savedAt = clock.GetTimestamp();
            var cursor = changes.Cursor;
            Volatile.Write(ref told, cursor);
            isLost = !await progress.SaveAsync(changes, note, cancellation);
            changes.Saved(cursor);
            isNoteUnsaved = false;
        }
        catch (NpgsqlException fault)
        {
            await TroubleAsync(fault, cancellation);
        }
    }

    private async Task TroubleAsync(NpgsqlException fault, CancellationToken cancellation)
    {
        // The lease runs out in seconds where it lasts, so that this says little in all.
        DatabaseAway(log, row.Id, fault.Message);
        await Task.Delay(TroublePause, clock, cancellation);
    }

    private async Task WaitAsync(CancellationToken cancellation)
    {
        someFinished ??= finished.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
        if (MayFill) return;
        if (!mayHaveMore) feedMoved ??= waiter.WaitBeyondAsync(changes.ReadTo, FeedLookInterval, cancellation);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var pause = Task.Delay(PauseMax(), clock, over.Token);
        await Task.WhenAny(feedMoved is null ? [someFinished, pause] : [someFinished, pause, feedMoved]);
        await over.CancelAsync();
        if (someFinished.IsCompleted) someFinished = null;
        if (feedMoved is not { IsCompleted: true }) return;
        (feedMoved, mayHaveMore) = (null, true);
    }

    private TimeSpan PauseMax()
    {
        var pause = changes.IsUnsaved || isNoteUnsaved ? SaveInterval : options.LookInterval;
        var due = (changes.NextDueAt() - clock.GetUtcNow()) ?? pause;
        // What is due and cannot be sent yet, because others are under way, is no reason to spin.
        return due > TimeSpan.Zero && due < pause ? due : pause;
    }

    private async Task EndAsync(CancellationTokenSource attempts, CancellationToken lost)
    {
        attempts.CancelAfter(EndMax);
        while (underWay > 0) Apply(await finished.Reader.ReadAsync(CancellationToken.None));
        if (!isLost && !lost.IsCancellationRequested && (changes.IsUnsaved || isNoteUnsaved)) await SaveAsync(lost);
    }

    private sealed record Finished(PendingChange Change, AttemptResult? Result);

    [LoggerMessage(Level = LogLevel.Information, Message = "Subscription {Subscription}: the change {Position} was not accepted at attempt {Attempt}: {Outcome}, status {Status}")]
    private static partial void NotAccepted(ILogger log, Guid subscription, long position, int attempt, string outcome, int? status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Subscription {Subscription} is {State} now: {Reason}")]
    private static partial void Ended(ILogger log, Guid subscription, string state, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Subscription {Subscription}: the change {Position} could not be sent now: {Trouble}")]
    private static partial void NotSent(ILogger log, Guid subscription, long position, string trouble);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Subscription {Subscription} waits for the database: {Trouble}")]
    private static partial void DatabaseAway(ILogger log, Guid subscription, string trouble);
}
