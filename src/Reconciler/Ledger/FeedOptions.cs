namespace Reconciler.Ledger;

/// <summary>Bounds of the feed's readers, per node (<c>Reconciler:Feed</c>).</summary>
public sealed record FeedOptions
{
    /// <summary>Streams that are open at once; beyond it callers get 503.</summary>
    public int StreamsMax { get; init; } = 2_000;

    /// <summary>A stream that has had nothing to say for so long says that it is still there, and how far it came.</summary>
    public int HeartbeatSeconds { get; init; } = 15;

    /// <summary>A reader that does not take what was sent within this is dropped; it comes back with its cursor.</summary>
    public int WriteTimeoutSeconds { get; init; } = 30;

    /// <summary>Streams end after this, so that a key that was taken away does not read for ever; readers come back with their cursor.</summary>
    public int StreamSecondsMax { get; init; } = 1_800;

    /// <summary>The latest changes that this node holds for those who read at the head.</summary>
    public int RecentMax { get; init; } = 8_192;

    /// <summary>Bytes of those changes.</summary>
    public int RecentBytesMax { get; init; } = 16 * 1024 * 1024;

    internal TimeSpan Heartbeat => TimeSpan.FromSeconds(HeartbeatSeconds);

    internal TimeSpan WriteTimeout => TimeSpan.FromSeconds(WriteTimeoutSeconds);

    internal TimeSpan StreamMax => TimeSpan.FromSeconds(StreamSecondsMax);
}
