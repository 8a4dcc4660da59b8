namespace Reconciler.Ledger.Subscriptions;

/// <summary>
/// What one subscriber is to be told next. A payout's changes stand in a queue of their own, and only its first may be sent. A change
/// that is refused, and those that wait for it, are deferred, so that the cursor can pass them and other payouts go on; there is room for
/// a bounded number of them, and then everything waits. Not safe for concurrent use; no clock, no I/O.
/// </summary>
/// <param name="readTo">The position up to which the feed was read.</param>
internal sealed class PendingChanges(int deferredMax, long readTo)
{
    private readonly Dictionary<string, Queue<PendingChange>> payouts = [];
    private readonly SortedDictionary<long, PendingChange> fresh = [];
    private readonly HashSet<PendingChange> unsaved = [];
    private readonly HashSet<long> settled = [];
    private int deferred;
    private int freshUnderWay;
    private long savedCursor = readTo;

    public long ReadTo { get; private set; } = readTo;

    /// <summary>Each change at or before it was accepted, or is deferred.</summary>
    public long Cursor => fresh.Count == 0 ? ReadTo : fresh.First().Key - 1;

    public int Fresh => fresh.Count;

    public int Deferred => deferred;

    public bool IsUnsaved => savedCursor != Cursor || unsaved.Count > 0 || settled.Count > 0;

    /// <summary>Deferred ones whose row is missing or differs.</summary>
    public IReadOnlyCollection<PendingChange> Unsaved => unsaved;

    /// <summary>Positions of deferred ones that were accepted, and whose row still stands.</summary>
    public IReadOnlyCollection<long> Settled => settled;

    // A fresh one that is under way may be refused, and needs a place then.
    private bool HasRoom => deferred + freshUnderWay < deferredMax;

    /// <summary>Takes up what an earlier worker left, in the order of positions, before anything is taken from the feed.</summary>
    public void Load(PendingChange change)
    {
        change.IsDeferred = true;
        deferred++;
        QueueOf(change).Enqueue(change);
    }

    /// <summary>Takes the next change from the feed.</summary>
    public void Take(PendingChange change)
    {
        var queue = QueueOf(change);
        queue.Enqueue(change);
        fresh.Add(change.Position, change);
        if (queue.Peek().IsDeferred) DeferFollowers(queue);
    }

    /// <summary>All that is for this subscriber, up to the position, was taken.</summary>
    public void HasRead(long position) => ReadTo = position;

    /// <summary>The change to be sent now, the lowest position first; null when none is due, or there is no room for its refusal.</summary>
    /// <param name="mayBeFresh">Whether one may be sent that was not tried yet.</param>
    public PendingChange? Next(DateTimeOffset now, bool mayBeFresh)
    {
        PendingChange? next = null;
        foreach (var queue in payouts.Values)
        {
            var first = queue.Peek();
            if (first.Position < (next?.Position ?? long.MaxValue) && first.IsDue(now) && (first.IsDeferred || (mayBeFresh && HasRoom))) next = first;
        }

        return next;
    }

    /// <summary>When the next deferred one is due; null when none waits for a time.</summary>
    public DateTimeOffset? NextDueAt()
    {
        DateTimeOffset? at = null;
        foreach (var queue in payouts.Values)
            if (queue.Peek() is { IsDeferred: true, IsUnderWay: false, IsGivenUp: false } first && !(at <= first.NextAttemptAt)) at = first.NextAttemptAt;
        return at;
    }

    public void Started(PendingChange change)
    {
        change.IsUnderWay = true;
        if (!change.IsDeferred) freshUnderWay++;
    }

    /// <summary>It was not sent after all.</summary>
    public void NotSent(PendingChange change)
    {
        change.IsUnderWay = false;
        if (!change.IsDeferred) freshUnderWay--;
    }

    public void Accepted(PendingChange change)
    {
        NotSent(change);
        var queue = payouts[change.StreamId];
        queue.Dequeue();
        if (queue.Count == 0) payouts.Remove(change.StreamId);
        if (!change.IsDeferred)
        {
            fresh.Remove(change.Position);
            return;
        }

        deferred--;
        unsaved.Remove(change);
        settled.Add(change.Position);
        if (HasRoom) DeferWaiting();
    }

    /// <param name="wait">Null: given up.</param>
    public void Refused(PendingChange change, DateTimeOffset now, TimeSpan? wait, AttemptOutcome outcome, int? status)
    {
        NotSent(change);
        change.Attempts++;
        change.FirstAttemptAt ??= now;
        change.NextAttemptAt = now + (wait ?? TimeSpan.Zero);
        change.IsGivenUp = wait is null;
        (change.LastOutcome, change.LastStatus) = (outcome, status);
        if (change.IsDeferred) unsaved.Add(change);
        else Defer(change);
        DeferFollowers(payouts[change.StreamId]);
    }

    /// <summary>The subscriber is there again: nothing that was refused waits any longer.</summary>
    public void BringForward(DateTimeOffset now)
    {
        foreach (var queue in payouts.Values)
        {
            if (queue.Peek() is not { IsDeferred: true, IsGivenUp: false, IsUnderWay: false } first || first.NextAttemptAt <= now) continue;
            first.NextAttemptAt = now;
            unsaved.Add(first);
        }
    }

    /// <summary>All that was unsaved stands in the database.</summary>
    public void Saved(long cursor)
    {
        savedCursor = cursor;
        unsaved.Clear();
        settled.Clear();
    }

    private Queue<PendingChange> QueueOf(PendingChange change)
    {
        if (!payouts.TryGetValue(change.StreamId, out var queue)) payouts.Add(change.StreamId, queue = new Queue<PendingChange>());
        return queue;
    }

    private void Defer(PendingChange change)
    {
        fresh.Remove(change.Position);
        change.IsDeferred = true;
        deferred++;
        unsaved.Add(change);
    }

    private void DeferFollowers(Queue<PendingChange> queue)
    {
        foreach (var follower in queue)
            if (!follower.IsDeferred && HasRoom) Defer(follower);
    }

    // Fresh ones that wait for a deferred one, and for which there was no room, hold the cursor back.
    private void DeferWaiting()
    {
        foreach (var waiting in fresh.Values.Where(one => payouts[one.StreamId].Peek().IsDeferred).ToList())
            if (HasRoom) Defer(waiting);
    }
}
