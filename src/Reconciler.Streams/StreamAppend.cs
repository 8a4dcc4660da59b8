namespace Reconciler.Streams;

/// <summary>One event on its way into a stream.</summary>
/// <param name="Id">Unique per event; <see cref="Guid.CreateVersion7()"/> keeps ids in order of time.</param>
/// <param name="Event">An instance of a registered type.</param>
/// <param name="CorrelationId">What started the work, such as a trace id.</param>
/// <param name="CausationId">What directly caused this event.</param>
/// <param name="Headers">Further metadata, stored as a JSON object of strings.</param>
public sealed record EventToAppend(
    Guid Id,
    object Event,
    string? CorrelationId = null,
    string? CausationId = null,
    IReadOnlyDictionary<string, string>? Headers = null);

/// <summary>Events to put at the end of one stream.</summary>
/// <param name="StreamId">1 or more characters, no U+0000, well-formed UTF-16.</param>
/// <param name="ExpectedVersion">The version after which they come; 0 starts the stream. Events get the versions that follow.</param>
/// <param name="Events">At least one, in their order.</param>
/// <param name="End">Of the stream as it stands, where events are chained (see <see cref="EventChain"/>); null where nothing is chained yet.</param>
public sealed record StreamAppend(string StreamId, long ExpectedVersion, IReadOnlyList<EventToAppend> Events, byte[]? End = null)
{
    /// <summary>The stream's version once these events are in.</summary>
    public long NewVersion => ExpectedVersion + Events.Count;
}

/// <summary>What was put into a batch.</summary>
/// <param name="NulsStripped">U+0000 characters taken out of the events' strings because jsonb refuses them.</param>
public sealed record AppendSummary(int Streams, int Events, int NulsStripped)
{
    /// <summary>The new end of each stream, in the order given, to be kept with the commit; null where events are not chained.</summary>
    public IReadOnlyList<byte[]>? Ends { get; init; }
}
