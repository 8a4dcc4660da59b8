namespace Reconciler.Connections;

internal static partial class ConnectionLog
{
    [LoggerMessage(1200, LogLevel.Information, "Connections are at revision {Revision}: {Open} open, {Unusable} unusable.")]
    public static partial void Refreshed(ILogger logger, long revision, int open, int unusable);

    [LoggerMessage(1201, LogLevel.Error, "The connection {Connection} cannot be opened: it is left out until put anew. Wrong: {Fields}.")]
    public static partial void Unusable(ILogger logger, string connection, string fields);

    [LoggerMessage(1202, LogLevel.Warning, "The connections could not be read; those of revision {Revision} stay in use.")]
    public static partial void Unreadable(ILogger logger, long revision, Exception fault);

    [LoggerMessage(1203, LogLevel.Information, "{File} was applied: {Created} connections new, {Changed} changed, {Same} as they were.")]
    public static partial void FileApplied(ILogger logger, string file, int created, int changed, int same);

    [LoggerMessage(1204, LogLevel.Information, "The connections can be read again; revision {Revision} is in use.")]
    public static partial void ReadableAgain(ILogger logger, long revision);
}
