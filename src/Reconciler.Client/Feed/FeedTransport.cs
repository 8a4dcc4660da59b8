namespace Reconciler.Client;

/// <summary>How changes come. Both ways give the same, and wake the reader as soon as a change is stored.</summary>
public enum FeedTransport
{
    /// <summary>A request for each page, which the service holds while nothing changes: passes every proxy.</summary>
    Pull,

    /// <summary>
    /// Server-sent events over one open answer: the least work for both sides where changes come all the time. Where the service or a
    /// proxy refuses or withholds it, the reader pulls, and tries again after a while. With a filter the checkpoint stays at the last
    /// change that was let through.
    /// </summary>
    Stream,
}
