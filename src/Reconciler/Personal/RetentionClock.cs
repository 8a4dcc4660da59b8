using Npgsql;
using Reconciler.Appending;
using Reconciler.Connections;

namespace Reconciler.Personal;

/// <summary>Looks now and then for what is too old to be kept, connection by connection, and leaves the machine to the senders meanwhile.</summary>
internal sealed partial class RetentionClock(
    EraseByAge erase, ConnectionRegistry connections, Appender appender, TimeProvider clock, ILogger<RetentionClock> log) : BackgroundService
{
    internal static readonly TimeSpan LookInterval = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan BusyWait = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookInterval, clock);
        do
        {
            foreach (var connection in connections.All)
                if (connection.Settings.KeepPersonalDataFor is { } keepFor) await EraseAsync(connection, keepFor, stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task EraseAsync(OpenConnection connection, TimeSpan keepFor, CancellationToken cancellation)
    {
        var key = connection.Settings.Key;
        try
        {
            AgedOut? gone;
            do
            {
                if (appender.IsBusy) await Task.Delay(BusyWait, clock, cancellation);
                gone = await erase.RunAsync(key, keepFor, cancellation);
                if (gone is { Payouts: > 0 } or { Unreadable: > 0 }) Erased(log, key.ToString(), gone.Payouts, gone.Unreadable);
            }
            while (gone is { HasMore: true });
        }
        catch (NpgsqlException fault)
        {
            // A run is all or nothing: the next look finds what is left.
            NotErased(log, key.ToString(), fault.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Connection}: personal data of {Payouts} payouts and {Unreadable} unreadable deliveries was old enough, and is erased")]
    private static partial void Erased(ILogger log, string connection, long payouts, int unreadable);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Connection}: old personal data could not be erased now: {Trouble}")]
    private static partial void NotErased(ILogger log, string connection, string trouble);
}
