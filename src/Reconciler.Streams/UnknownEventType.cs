namespace Reconciler.Streams;

/// <summary>An event of a type that nobody registered: a newer writer, a foreign writer, or a forgotten registration.</summary>
public sealed class UnknownEventType(string name)
    : Exception($"No event type is registered for '{name}'. Register it, or upgrade this reader.")
{
    /// <summary>The stored name that was read, or the .NET type that was to be written.</summary>
    public string Name { get; } = name;
}
