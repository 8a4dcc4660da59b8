namespace Reconciler.Database;

internal static partial class PrivateClusterLog
{
    [LoggerMessage(1100, LogLevel.Information, "Making a PostgreSQL {Major} cluster in {Directory}.")]
    public static partial void Initializing(ILogger logger, int major, string directory);

    [LoggerMessage(1101, LogLevel.Warning, "Stopped the PostgreSQL that an earlier run left running in {Directory}.")]
    public static partial void StoppedEarlier(ILogger logger, string directory);

    [LoggerMessage(1102, LogLevel.Information, "PostgreSQL {Major} runs on 127.0.0.1:{Port} from {Directory}, process {Postmaster}.")]
    public static partial void Started(ILogger logger, int major, int port, string directory, int postmaster);

    [LoggerMessage(1103, LogLevel.Warning, "Port {Port} was taken while PostgreSQL started; trying another.")]
    public static partial void PortTaken(ILogger logger, int port);

    [LoggerMessage(1104, LogLevel.Warning, "Restarting PostgreSQL in {Directory} ({Mode}).")]
    public static partial void Restarting(ILogger logger, string directory, string mode);

    [LoggerMessage(1105, LogLevel.Information, "PostgreSQL in {Directory} has stopped.")]
    public static partial void Stopped(ILogger logger, string directory);

    [LoggerMessage(1106, LogLevel.Error, "PostgreSQL in {Directory} did not stop cleanly; the next start will.")]
    public static partial void StopFailed(ILogger logger, Exception cause, string directory);
}
