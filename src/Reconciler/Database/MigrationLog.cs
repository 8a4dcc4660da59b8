namespace Reconciler.Database;

internal static partial class MigrationLog
{
    [LoggerMessage(1110, LogLevel.Information, "Applying migration {Name}.")]
    public static partial void Applying(ILogger logger, string name);

    [LoggerMessage(1111, LogLevel.Information, "The schema is at {Name}.")]
    public static partial void UpToDate(ILogger logger, string name);
}
