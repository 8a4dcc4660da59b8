namespace Reconciler.Ledger.Anchors;

/// <summary>Looks now and then whether a day is over that has no anchor.</summary>
public sealed partial class AnchorClock(AnchorStreams anchors, TimeProvider clock, ILogger<AnchorClock> log) : BackgroundService
{
    /// <summary>How often it looks: two rows are read.</summary>
    internal static readonly TimeSpan LookInterval = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookInterval, clock);
        do
        {
            try
            {
                if (await anchors.RunAsync(stoppingToken) is { } made)
                    Anchored(log, made.Number, made.Day, made.Streams, Convert.ToHexStringLower(made.Root), Convert.ToHexStringLower(made.Hash()));
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                // Nothing was published, or all of it was: the next look finds out.
                Failed(log, fault);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    // The log is kept elsewhere: what was anchored can be proved by it, too.
    [LoggerMessage(Level = LogLevel.Information, Message = "Anchor {Number} of {Day}: {Streams} streams, root {Root}, hash {Hash}")]
    private static partial void Anchored(ILogger log, long number, DateOnly day, long streams, string root, string hash);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The anchor of the day could not be made; it is tried again")]
    private static partial void Failed(ILogger log, Exception fault);
}
