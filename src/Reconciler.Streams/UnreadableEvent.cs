namespace Reconciler.Streams;

/// <summary>A stored event whose data does not fit its registered type.</summary>
public sealed class UnreadableEvent(string name, string reason, Exception? inner = null)
    : Exception($"An event of type '{name}' cannot be read: {reason}", inner)
{
    /// <summary>The stored name of the event's type.</summary>
    public string Name { get; } = name;
}
