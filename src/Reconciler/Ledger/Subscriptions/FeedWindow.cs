using System.Text.Json;
using Reconciler.Core;

namespace Reconciler.Ledger.Subscriptions;

/// <param name="Head">The feed's last position.</param>
/// <param name="To">All that is for the subscriber up to this position is in <paramref name="Changes"/>.</param>
internal sealed record FeedPart(Guid Epoch, long Head, long To, IReadOnlyList<PendingChange> Changes);

/// <summary>The part of the feed that one subscription is for, as messages.</summary>
internal sealed class FeedWindow(ChangeFeed feed, IReadOnlyCollection<string> kinds, IReadOnlyCollection<string> connections)
{
    private readonly FeedFilter filter = FeedFilter.Of(
        connections.Count == 0 ? null : connections.Select(key => ConnectionKey.Parse(key)), kinds.Count == 0 ? null : kinds);

    /// <summary>What comes after a position. Positions are dense, and one reading looks at a bounded number of them.</summary>
    /// <param name="limit">Of changes, 1 or more.</param>
    internal async Task<FeedPart> ReadAsync(long after, int limit, CancellationToken cancellation)
    {
        var page = await feed.ReadAsync(after, Math.Min(limit, ChangeFeed.LimitMax), filter, cancellation);
        return new FeedPart(
            page.Epoch, page.Head, page.Next,
            [.. page.Changes.Select(entry => new PendingChange(entry.Position, entry.StreamId) { Message = MessageOf(entry) })]);
    }

    /// <summary>One change again.</summary>
    internal async Task<WebhookMessage> MessageAsync(long position, CancellationToken cancellation)
    {
        var page = await feed.ReadAsync(position - 1, 1, FeedFilter.All, cancellation);
        return page.Changes is [{ } entry] && entry.Position == position
            ? MessageOf(entry)
            : throw new InvalidOperationException($"The feed lacks the change {position}: this database is damaged.");
    }

    private static WebhookMessage MessageOf(FeedEntry entry)
    {
        using var body = JsonDocument.Parse(entry.Body);
        return new WebhookMessage(body.RootElement.GetProperty("id").GetString()!, entry.ToJson());
    }
}
