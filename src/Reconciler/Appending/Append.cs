using System.Diagnostics;
using Reconciler.Core;
using Reconciler.Personal;

namespace Reconciler.Appending;

/// <summary>One thing to be made permanent: evidence, an announcement, or the clock's word. It waits in a lane until its batch has committed.</summary>
/// <param name="Payout">The payout it is about; null for a body that nothing could be read from.</param>
public abstract record Append(PayoutId? Payout)
{
    // What waits goes on right where it is answered: a batch is answered in one go, off its lane (see AppendLane), and a hop to
    // another thread for each of its items would cost more than what most of them still have to do.
    private readonly TaskCompletionSource<Appended> committed = new();

    /// <summary>Ends when the transaction that holds it has committed, or fails with why it did not.</summary>
    internal Task<Appended> Committed => committed.Task;

    internal long EnqueuedAt { get; set; }

    /// <summary>What it weighs while it waits.</summary>
    internal virtual int BodyBytes => 0;

    /// <summary>The span in which it was asked for; none where nobody traces.</summary>
    internal ActivityContext Origin { get; } = Activity.Current?.Context ?? default;

    internal string? TraceId => Origin == default ? null : Origin.TraceId.ToHexString();

    internal void Answer(Appended appended) => committed.TrySetResult(appended);

    internal void Fail(Exception why) => committed.TrySetException(why);
}

/// <summary>A delivery whose bytes are kept. <paramref name="Received"/> is null where no observation could be read.</summary>
public sealed record KeepDelivery(Evidence Evidence, WebhookReceived? Received, PollingPolicy Policy) : Append(Received?.Payout)
{
    internal override int BodyBytes => Evidence.Body.Length;
}

/// <summary>
/// A verified delivery that nothing could be read from when it came, and that is understood by now. It counts as of when it came; where it
/// was read again before, or erased, it changes nothing.
/// </summary>
/// <param name="Evidence">Its bytes as they are kept, about the payout that they are now known to be about.</param>
public sealed record ReadAgain(Evidence Evidence, WebhookReceived Received, PollingPolicy Policy) : Append(Received.Payout)
{
    internal override int BodyBytes => Evidence.Body.Length;
}

/// <summary>The provider's answer to a poll; ends the poll's lease.</summary>
public sealed record KeepAnswer(Evidence Evidence, PollAnswered Answered, PollingPolicy Policy) : Append(Answered.Payout)
{
    internal override int BodyBytes => Evidence.Body.Length;
}

/// <summary>The payout service announces a payout.</summary>
/// <param name="Metadata">Beside its sealed form in the event: to be compared, and for its salt.</param>
public sealed record Announce(PayoutExpected Expected, Provider Provider, PollingPolicy Policy, AnnouncedMetadata? Metadata = null) : Append(Expected.Payout);

/// <summary>The schedule's deadline passed.</summary>
public sealed record NoteOverdue(PayoutId Id, Provider Provider, DateTimeOffset At, PollingPolicy Policy) : Append(Id);

/// <summary>A person's word on a case. It is judged under the payout's row lock: counted, or refused with the reason.</summary>
public sealed record KeepWord(PayoutId Id, PersonsWord Word, Provider Provider, PollingPolicy Policy) : Append(Id);

/// <summary>What became of it.</summary>
public enum AppendOutcome
{
    /// <summary>Its events stand in the stream.</summary>
    Appended,

    /// <summary>The same bytes were here before: counted, nothing changed.</summary>
    Duplicate,

    /// <summary>It was so already: nothing to append.</summary>
    AlreadySo,

    /// <summary>The payout is registered with other content.</summary>
    Conflict,

    /// <summary>A person's word that does not count.</summary>
    Refused,
}

/// <param name="Payout">As it stands after the commit; null where no payout is concerned.</param>
/// <param name="Version">Of its stream.</param>
/// <param name="NextPollAt">When the provider is asked next; null where it is not, or where nothing changed.</param>
/// <param name="Refusal">Of a person's word, why it does not count.</param>
public sealed record Appended(
    AppendOutcome Outcome, Payout? Payout, long Version, DateTimeOffset? NextPollAt = null, ResolutionRefusal? Refusal = null);

/// <summary>Kept bytes and what stands beside them.</summary>
/// <param name="HeadersJson">Of a delivery, in UTF-8, without credentials; null for an answer.</param>
/// <param name="Kind">Which of its counters it moves.</param>
/// <param name="StreamId">The payout it is about; null where nothing could be read from it.</param>
public sealed record Evidence(
    ConnectionKey Connection,
    Provider Provider,
    EvidenceDigest Digest,
    EvidenceKind Kind,
    string? StreamId,
    byte[] Body,
    string? ContentType,
    byte[]? HeadersJson,
    int? HttpStatus,
    string? VerifiedBy,
    string? DeliveryId,
    string? Unreadable,
    DateTimeOffset ReceivedAt);

public enum EvidenceKind
{
    Delivery,
    Nudge,
    Answer,
}

/// <summary>It cannot be made permanent now: the queue is full, or the database does not say whether it committed. Nothing was promised.</summary>
public sealed class AppendUnavailable(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What callers are told to wait before they try again.</summary>
    public const int RetryAfterSeconds = 2;
}
