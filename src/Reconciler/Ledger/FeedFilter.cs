using System.Collections.Frozen;
using Reconciler.Access;
using Reconciler.Core;

namespace Reconciler.Ledger;

/// <summary>Which changes a reader is given. Positions stay those of the whole feed: what is left out is passed over, not renumbered.</summary>
public sealed record FeedFilter
{
    /// <summary>Every change.</summary>
    public static readonly FeedFilter All = new(null, null);

    private FeedFilter(FrozenSet<string>? connections, FrozenSet<string>? kinds) => (Connections, Kinds) = (connections, kinds);

    /// <summary>Keys of connections; null for all, empty for none.</summary>
    internal FrozenSet<string>? Connections { get; }

    /// <summary>As <see cref="ChangeKind"/> spells them; null for all.</summary>
    internal FrozenSet<string>? Kinds { get; }

    /// <summary>Whether it lets every change through.</summary>
    public bool IsAll => Connections is null && Kinds is null;

    /// <param name="connections">Null for all.</param>
    /// <param name="kinds">Null for all.</param>
    public static FeedFilter Of(IEnumerable<ConnectionKey>? connections, IEnumerable<string>? kinds) =>
        new(connections?.Select(key => key.ToString()).ToFrozenSet(StringComparer.Ordinal), kinds?.ToFrozenSet(StringComparer.Ordinal));

    /// <summary>What of it lies within the connections that exist for a caller.</summary>
    public FeedFilter Within(AllowedConnections allowed) =>
        allowed.Keys is { } keys ? new FeedFilter(keys.Where(key => Connections?.Contains(key) ?? true).ToFrozenSet(StringComparer.Ordinal), Kinds) : this;

    public bool Matches(FeedEntry entry) =>
        (Kinds is null || Kinds.Contains(entry.Kind)) && (Connections is null || Connections.Contains(entry.Connection));
}
