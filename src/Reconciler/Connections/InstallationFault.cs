namespace Reconciler.Connections;

/// <summary>This node must not start as it is set up. The message says what to set.</summary>
public sealed class InstallationFault(string message, Exception? inner = null) : Exception(message, inner);
