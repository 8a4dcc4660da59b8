namespace Reconciler.Database;

/// <summary>The database and this program do not fit together, or a step failed. Nothing of that step was kept.</summary>
public sealed class MigrationFault(string message, Exception? cause = null) : Exception(message, cause);
