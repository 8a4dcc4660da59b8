using System.Diagnostics;

namespace Reconciler.Tests.Hosting;

/// <summary>Waits for a condition, never for a time.</summary>
public static class Waits
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await isSo())
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(Bound);
            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
