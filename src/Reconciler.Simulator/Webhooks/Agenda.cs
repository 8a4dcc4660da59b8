using System.Diagnostics.CodeAnalysis;

namespace Reconciler.Simulator.Webhooks;

/// <summary>What is due when: one queue for all payouts instead of a timer for each.</summary>
public sealed class Agenda
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<DueWebhook, (long Ticks, long Number)> _queue = new();
    private long _number;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _queue.Count;
            }
        }
    }

    public void Add(DateTimeOffset due, DueWebhook webhook)
    {
        lock (_gate)
        {
            _queue.Enqueue(webhook, (due.UtcTicks, _number++));
        }
    }

    public bool TryTake(DateTimeOffset now, [NotNullWhen(true)] out DueWebhook? webhook)
    {
        lock (_gate)
        {
            if (_queue.TryPeek(out _, out var due) && due.Ticks <= now.UtcTicks)
            {
                webhook = _queue.Dequeue();
                return true;
            }
        }

        webhook = null;
        return false;
    }

    public void Clear()
    {
        lock (_gate)
        {
            _queue.Clear();
        }
    }
}
