using System.Diagnostics.CodeAnalysis;

namespace Reconciler.Appending;

/// <summary>Keeps what was put last, in two halves: when the young one is full or has its age, it becomes the old one, and the old one goes.</summary>
/// <param name="most">Entries of one half, at least: so many of the last ones are always known, unless their age ended before.</param>
/// <param name="age">Of one half: nothing is known for longer than twice that.</param>
internal sealed class RecentOnes<TKey, TValue>(int most, TimeSpan age, TimeProvider clock, IEqualityComparer<TKey>? comparer = null) where TKey : notnull
{
    private Dictionary<TKey, TValue> young = new(comparer);
    private Dictionary<TKey, TValue> old = new(comparer);
    private long bornAt = clock.GetTimestamp();

    internal bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        Age();
        return young.TryGetValue(key, out value) || old.TryGetValue(key, out value);
    }

    internal void Put(TKey key, TValue value)
    {
        Age();
        young[key] = value;
    }

    internal void Remove(TKey key)
    {
        young.Remove(key);
        old.Remove(key);
    }

    internal void Clear()
    {
        young.Clear();
        old.Clear();
    }

    private void Age()
    {
        var lived = clock.GetElapsedTime(bornAt);
        if (young.Count < most && lived < age) return;
        (young, old) = (old, young);
        young.Clear();
        if (lived >= 2 * age) old.Clear();
        bornAt = clock.GetTimestamp();
    }
}
