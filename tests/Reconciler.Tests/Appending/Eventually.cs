namespace Reconciler.Tests.Appending;

/// <summary>Waits for a condition, within a bound that no healthy run comes near.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(25);

    public static async Task TrueAsync(Func<Task<bool>> condition, string otherwise, TimeSpan? within = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(within ?? Bound, otherwise);
            await Task.Delay(LookEvery, TimeProvider.System, CancellationToken.None);
        }
    }
}
