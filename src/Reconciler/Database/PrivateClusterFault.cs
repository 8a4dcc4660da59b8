namespace Reconciler.Database;

/// <summary>The private cluster cannot be had. The message is written for the operator: what is wrong and what to do about it.</summary>
public sealed class PrivateClusterFault(string message, Exception? cause = null) : Exception(message, cause);
