using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Reconciler.Simulator.Faults;

/// <summary>Fault chances of a whole connection, on top of what each payout's order says. Per million.</summary>
public sealed record ConnectionFaults(
    ImmutableSortedDictionary<string, int> Polls, int Drop, int Duplicate, int Reorder, int Forge, int Alter, int ReplayStale)
{
    public static readonly ConnectionFaults None = new(ImmutableSortedDictionary<string, int>.Empty, 0, 0, 0, 0, 0, 0);
}

/// <summary>The faults set by <c>POST /sim/faults</c>; poll chances hold at once, webhook chances for payouts started later.</summary>
public sealed class GlobalFaults
{
    private readonly ConcurrentDictionary<string, ConnectionFaults> _byConnection = new();
    private volatile bool _rateLimits;
    private volatile int _slowMs;

    public GlobalFaults(SimulatorOptions options) => (_rateLimits, _slowMs) = (options.RateLimits, options.SlowMs);

    /// <summary>Whether the providers' documented rate limits are kept.</summary>
    public bool RateLimits { get => _rateLimits; set => _rateLimits = value; }

    /// <summary>How long a slow answer takes, in milliseconds.</summary>
    public int SlowMs { get => _slowMs; set => _slowMs = value; }

    public ConnectionFaults For(string connection) => _byConnection.GetValueOrDefault(connection, ConnectionFaults.None);

    public void Set(string connection, ConnectionFaults faults) => _byConnection[connection] = faults;

    public void Clear() => _byConnection.Clear();
}
