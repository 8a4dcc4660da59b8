using System.Collections.Frozen;
using Reconciler.Core;

namespace Reconciler.Access;

/// <summary>
/// Which connections a caller sees. What lies in another one does not exist for that caller: 404 by name, absent from every list,
/// sum and feed.
/// </summary>
public sealed class AllowedConnections
{
    private readonly FrozenSet<string>? keys;

    private AllowedConnections(FrozenSet<string>? keys) => this.keys = keys;

    public static AllowedConnections All { get; } = new(null);

    public static AllowedConnections Of(IEnumerable<ConnectionKey> keys) =>
        new(keys.Select(key => key.ToString()).ToFrozenSet(StringComparer.Ordinal));

    /// <summary>For a condition in SQL, <c>connection = any($n)</c>; null where there is nothing to restrict.</summary>
    public string[]? Keys => keys is null ? null : [.. keys.Order(StringComparer.Ordinal)];

    public bool Allow(ConnectionKey connection) => Allow(connection.ToString());

    public bool Allow(string connection) => keys is null || keys.Contains(connection);

    public override string ToString() => keys is null ? "all" : string.Join(", ", Keys!);
}
