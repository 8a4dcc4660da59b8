namespace Reconciler.Ledger.Subscriptions;

/// <summary>How a subscription is doing.</summary>
public enum SubscriptionState
{
    /// <summary>It is told of changes as they come.</summary>
    Active,

    /// <summary>Nothing is sent until it is resumed; changes wait in the feed.</summary>
    Paused,

    /// <summary>It is active, and refused at least one change that will be sent again.</summary>
    Failing,

    /// <summary>Nothing is sent any more, for the reason given. Nothing is lost: it goes on from where it was.</summary>
    Dead,
}

/// <summary>Why a subscription is paused or dead.</summary>
public enum SubscriptionReason
{
    /// <summary>A person paused it.</summary>
    Operator,

    /// <summary>The subscriber answered 410: it wants nothing more.</summary>
    Gone,

    /// <summary>A change was refused to the end of the retry schedule, and nothing else was accepted meanwhile.</summary>
    ScheduleExhausted,

    /// <summary>The database was restored or replaced: the cursor means nothing in this history. Replay from a position.</summary>
    FeedEpochChanged,

    /// <summary>The cursor lies beyond the feed's head: the database was restored. Replay from a position.</summary>
    FeedPositionAhead,
}

/// <summary>What came of one attempt to tell of a change.</summary>
public enum AttemptOutcome
{
    /// <summary>Answered 2xx.</summary>
    Accepted,

    /// <summary>Answered 410.</summary>
    Gone,

    /// <summary>Answered 3xx, which is not followed.</summary>
    Redirected,

    /// <summary>Answered any other status.</summary>
    Refused,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>No connection, or it broke.</summary>
    Unreachable,

    /// <summary>The certificate or the TLS handshake is not in order.</summary>
    TlsFailed,

    /// <summary>The address may not be reached: see the allowed ranges.</summary>
    AddressRefused,
}
