namespace Reconciler.Finance;

/// <summary>
/// Those who ask the same at the same time share one reading. Nobody is told what was read before they asked: who comes while one is under
/// way waits for the next, together with all who come until that begins.
/// </summary>
internal sealed class SharedReads<T>
{
    private readonly Dictionary<string, Turns> asked = new(StringComparer.Ordinal);

    /// <param name="key">Equal exactly where the answers are.</param>
    /// <param name="read">Is not cancelled by whoever leaves: others may wait for it.</param>
    /// <param name="cancellation">Of this caller alone.</param>
    internal Task<T> ReadAsync(string key, Func<Task<T>> read, CancellationToken cancellation)
    {
        lock (asked)
        {
            if (asked.TryGetValue(key, out var turns)) turns.Next ??= AfterAsync(turns, key, read);
            else asked[key] = turns = new Turns { Running = RunAsync(key, read) };
            return (turns.Next ?? turns.Running).WaitAsync(cancellation);
        }
    }

    private async Task<T> AfterAsync(Turns turns, string key, Func<Task<T>> read)
    {
        // Whatever became of it is told to those who waited for it.
        await ((Task)turns.Running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (asked) (turns.Running, turns.Next) = (turns.Next!, null);
        return await RunAsync(key, read);
    }

    private async Task<T> RunAsync(string key, Func<Task<T>> read)
    {
        // Not within the lock of whoever asked.
        await Task.Yield();
        try
        {
            return await read();
        }
        finally
        {
            lock (asked)
            {
                if (asked[key].Next is null) asked.Remove(key);
            }
        }
    }

    private sealed class Turns
    {
        internal required Task<T> Running { get; set; }

        /// <summary>Begins when the running one has ended; null where nobody waits for it.</summary>
        internal Task<T>? Next { get; set; }
    }
}
