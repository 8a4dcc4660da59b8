using System.Collections.Concurrent;

namespace Reconciler.Simulator.Payouts;

/// <summary>All payouts in memory, found by connection and id, and in the order of their start.</summary>
public sealed class PayoutBook
{
    /// <summary>No more payouts than this are held at once.</summary>
    public const int PayoutsMax = 1_000_000;

    private readonly ConcurrentDictionary<(string Connection, string Id), SimPayout> _byId = new();
    private readonly List<SimPayout> _inOrder = [];
    private readonly Lock _gate = new();

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _inOrder.Count;
            }
        }
    }

    public SimPayout? Find(string connection, string id) => _byId.GetValueOrDefault((connection, id));

    /// <summary>False where the connection has a payout with this id already.</summary>
    public bool TryAdd(SimPayout payout)
    {
        if (!_byId.TryAdd((payout.Connection.Key, payout.Id), payout))
        {
            return false;
        }

        lock (_gate)
        {
            _inOrder.Add(payout);
        }

        return true;
    }

    /// <summary>At most <paramref name="take"/> payouts from the place <paramref name="from"/> on, in the order of their start.</summary>
    public IReadOnlyList<SimPayout> Page(int from, int take)
    {
        lock (_gate)
        {
            return from >= _inOrder.Count ? [] : _inOrder.GetRange(from, Math.Min(take, _inOrder.Count - from));
        }
    }

    public IEnumerable<SimPayout> Of(string connection) => All().Where(payout => payout.Connection.Key == connection);

    public IReadOnlyList<SimPayout> All() => Page(0, int.MaxValue);

    public void Clear()
    {
        lock (_gate)
        {
            _inOrder.Clear();
            _byId.Clear();
        }
    }
}
