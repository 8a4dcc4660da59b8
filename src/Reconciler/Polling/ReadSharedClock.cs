using System.Diagnostics.Metrics;
using System.Globalization;
using Npgsql;
using Reconciler.Core;
using Reconciler.Telemetry;

namespace Reconciler.Polling;

/// <summary>Reads the database's clock for this node, and tells where the node's own differs from it.</summary>
/// <param name="shared">What this node goes by.</param>
internal sealed partial class ReadSharedClock(
    SharedClock clock, [FromKeyedServices(SharedClock.Name)] TimeProvider shared, NpgsqlDataSource database, TimeProvider own, ILogger<ReadSharedClock> log)
    : BackgroundService
{
    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(10);

    // When in between the database looked at its clock is not known: an answer that took longer says too little.
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(1);

    private bool isWarned;

    /// <summary>How far this node's own clock is ahead of the shared one; negative where it is behind.</summary>
    private TimeSpan Ahead => own.GetUtcNow() - shared.GetUtcNow();

    internal string? Trouble => Ahead is var ahead && ahead.Duration() > SilenceSchedule.ClocksDifferMax
        ? string.Create(CultureInfo.InvariantCulture, $"This node's clock is {ahead.Duration().TotalSeconds:F0} s {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} the database's; what it hears is dated wrong.")
        : null;

    /// <summary>Before anything is asked of a provider.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var meter = new Meter(Measures.Name);
        meter.CreateObservableGauge("reconciler.clock.ahead", () => Ahead.TotalSeconds, "s", "How far this node's clock is ahead of the database's.");
        using var timer = new PeriodicTimer(ReadEvery, own);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await ReadAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    private async Task ReadAsync(CancellationToken cancellation)
    {
        try
        {
            await using var session = await database.OpenConnectionAsync(cancellation);
            await using var query = new NpgsqlCommand("select clock_timestamp()", session);
            var asked = own.GetTimestamp();
            var at = new DateTimeOffset((DateTime)(await query.ExecuteScalarAsync(cancellation))!);
            var took = own.GetElapsedTime(asked);
            if (took <= AnswerMax || !clock.IsRead) clock.Set(at + took / 2);
        }
        catch (Exception fault) when (fault is NpgsqlException or IOException or TimeoutException)
        {
            NotRead(log, fault.Message);
        }

        if (Trouble is { } trouble && !isWarned) Wrong(log, trouble);
        isWarned = Trouble is not null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database's clock could not be read, this node's counter goes on: {Trouble}")]
    private static partial void NotRead(ILogger log, string trouble);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Trouble}")]
    private static partial void Wrong(ILogger log, string trouble);
}
