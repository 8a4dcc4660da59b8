namespace Reconciler.Ledger;

/// <summary>
/// Follows the feed within this node. At the head every reader is served from the same few changes in memory, and costs the database
/// nothing; a reader that lies behind them reads pages of the table until it has caught up.
/// </summary>
public sealed class FeedTail(ChangeFeed feed, FeedWaiter waiter)
{
    /// <summary>
    /// The changes after a position that a filter lets through. Waits while there is nothing after the position at all; returns a
    /// page without changes, and with <c>Next</c> where it was, when the time is over or the service stops.
    /// </summary>
    /// <param name="after">
    /// 0 for the start. A reader compares each page's epoch with that of its position, and the page's head: one that lies before the
    /// position belongs to another history.
    /// </param>
    /// <param name="limit">1 to <see cref="ChangeFeed.LimitMax"/>.</param>
    /// <param name="waitMax">How long it waits; zero for not at all.</param>
    /// <exception cref="Npgsql.NpgsqlException">The table had to be read and the database is away. Ask again later.</exception>
    public async Task<FeedPage> ReadAsync(long after, int limit, FeedFilter filter, TimeSpan waitMax, CancellationToken cancellation)
    {
        // What lies beyond the changes in memory may be a moment ahead of them, or of a history that is lost: only the table knows.
        var page = waiter.Recent.Read(after, limit, filter) ?? await feed.ReadAsync(after, limit, filter, cancellation);
        if (page.Next > after || page.Head < after || !await waiter.FollowBeyondAsync(after, waitMax, cancellation)) return page;
        return waiter.Recent.Read(after, limit, filter) ?? await feed.ReadAsync(after, limit, filter, cancellation);
    }
}
