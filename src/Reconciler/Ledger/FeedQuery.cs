using System.Globalization;
using Reconciler.Access;
using Reconciler.Core;
using Reconciler.Finance;

namespace Reconciler.Ledger;

/// <summary>What the readers of the feed ask for in common, whether they pull it or have it streamed.</summary>
/// <param name="After">The position that was read last.</param>
/// <param name="Epoch">The history that it belongs to; null where the reader does not say.</param>
internal sealed record FeedQuery(long After, Guid? Epoch, FeedFilter Filter)
{
    internal static readonly string[] Known = ["after", "epoch", "connection", "kind"];

    // Far beyond any feed, and far from where adding to it would overflow.
    private const long PositionMax = 1_000_000_000_000_000_000;

    /// <param name="allowed">The connections that exist for the caller.</param>
    internal static FeedQuery Of(Conditions query, AllowedConnections allowed)
    {
        var after = query.Parsed<long>("after", TryPosition, "It is a position: a whole number, 0 or more.") ?? 0;
        var epoch = query.Parsed<Guid>("epoch", Guid.TryParse, "It is an epoch as the feed gives it: a UUID.");
        var connections = query.Words("connection", key => ConnectionKey.TryParse(key, out _), "It is the key of a connection; give it once for each, 50 times at most.");
        var kinds = query.Words("kind", ChangeKind.All.Contains, $"It is one of: {string.Join(", ", ChangeKind.All)}.");
        return new FeedQuery(after, epoch, FeedFilter.Of(connections?.Select(key => ConnectionKey.Parse(key)), kinds).Within(allowed));
    }

    internal static bool TryPosition(string text, out long position) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out position) && position <= PositionMax;
}
