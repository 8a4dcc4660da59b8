using System.Collections.Concurrent;
using System.Globalization;
using Reconciler.Simulator.Connections;
using Reconciler.Simulator.Faults;

namespace Reconciler.Simulator.Polls;

/// <summary>The documented rate limits, counted in fixed windows for each connection. Kept only when switched on.</summary>
public sealed class RateLimits(GlobalFaults faults)
{
    private readonly ConcurrentDictionary<(string Connection, TimeSpan Window), Count> _counts = new();

    /// <summary>Counts one request; false, with the whole seconds to wait, where a limit is passed.</summary>
    public bool TryTake(SimConnection connection, DateTimeOffset now, HttpContext http, out int retryAfterSeconds)
    {
        retryAfterSeconds = 0;
        var limits = connection.Provider.Limits;
        var remaining = limits.Count == 0 ? 0 : limits[0].Requests;
        if (faults.RateLimits)
        {
            foreach (var (requests, window) in limits)
            {
                var count = _counts.GetOrAdd((connection.Key, window), _ => new Count());
                var (taken, endsAt) = count.Take(now, window);
                remaining = Math.Min(remaining, Math.Max(0, requests - taken));
                if (taken > requests)
                {
                    retryAfterSeconds = Math.Max(1, (int)decimal.Ceiling((endsAt - now).Ticks / (decimal)TimeSpan.TicksPerSecond));
                }
            }
        }

        if (connection.Provider.Name == "zayono")
        {
            http.Response.Headers["X-RateLimit-Remaining"] = remaining.ToString(CultureInfo.InvariantCulture);
        }

        return retryAfterSeconds == 0;
    }

    private sealed class Count
    {
        private readonly Lock _gate = new();
        private DateTimeOffset _startedAt;
        private int _taken;

        public (int Taken, DateTimeOffset EndsAt) Take(DateTimeOffset now, TimeSpan window)
        {
            lock (_gate)
            {
                if (now - _startedAt >= window)
                {
                    (_startedAt, _taken) = (now, 0);
                }

                _taken = Math.Min(_taken + 1, int.MaxValue - 1);
                return (_taken, _startedAt + window);
            }
        }
    }
}
