namespace Reconciler.Streams;

/// <summary>One row of <c>mt_events</c>, read.</summary>
/// <param name="SequenceId">Place in the order of all streams; ascending, with holes.</param>
/// <param name="Version">Place in its stream: 1, 2, 3…</param>
/// <param name="TypeName">Stored name of the type, such as <c>webhook_received</c>.</param>
/// <param name="Event">The event itself.</param>
/// <param name="RecordedAt">When we stored it, UTC, to the microsecond.</param>
/// <param name="Json">The event's JSON as PostgreSQL prints it, UTF-8.</param>
/// <param name="HeadersJson">A JSON object in UTF-8, or null.</param>
public sealed record StoredEvent(
    long SequenceId,
    Guid Id,
    string StreamId,
    long Version,
    string TypeName,
    object Event,
    DateTimeOffset RecordedAt,
    ReadOnlyMemory<byte> Json,
    string? CorrelationId,
    string? CausationId,
    ReadOnlyMemory<byte>? HeadersJson);
