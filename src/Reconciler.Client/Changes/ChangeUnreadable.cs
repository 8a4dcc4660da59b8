namespace Reconciler.Client;

/// <summary>
/// A change that this version of the client cannot read exactly. It is never skipped and never guessed at: reading stops before it.
/// A newer version of this package will know it.
/// </summary>
public sealed class ChangeUnreadable(string message, Exception? inner = null) : Exception(message, inner);
