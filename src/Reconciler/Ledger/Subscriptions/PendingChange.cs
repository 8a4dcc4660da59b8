namespace Reconciler.Ledger.Subscriptions;

/// <summary>A change that a subscriber must be told of. Only its <see cref="PendingChanges"/> moves it.</summary>
internal sealed class PendingChange(long position, string streamId)
{
    public long Position { get; } = position;

    public string StreamId { get; } = streamId;

    /// <summary>Null where it was deferred by an earlier worker: it is looked up when it is sent.</summary>
    public WebhookMessage? Message { get; init; }

    public int Attempts { get; set; }

    public DateTimeOffset? FirstAttemptAt { get; set; }

    public DateTimeOffset NextAttemptAt { get; set; } = DateTimeOffset.UnixEpoch;

    /// <summary>The cursor may pass it: it stands, or will stand at the next save, in the table of deferred ones.</summary>
    public bool IsDeferred { get; set; }

    public bool IsGivenUp { get; set; }

    public bool IsUnderWay { get; set; }

    public AttemptOutcome? LastOutcome { get; set; }

    public int? LastStatus { get; set; }

    /// <summary>An instant that lies further ahead than any wait was written by a clock that was wrong.</summary>
    public bool IsDue(DateTimeOffset now) =>
        !IsUnderWay && !IsGivenUp && (NextAttemptAt <= now || NextAttemptAt > now + RetrySchedule.WaitMax);
}

/// <param name="Id">The change's id: the same at each attempt.</param>
/// <param name="Body">The bytes that the pull gives for the change.</param>
internal sealed record WebhookMessage(string Id, byte[] Body);
