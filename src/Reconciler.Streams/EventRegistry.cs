using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Reconciler.Streams;

/// <summary>
/// The event types of an application and their two stored names. The snake_case name decides what a row is;
/// the .NET name is written beside it because Marten wants it, and is never used for reading.
/// Immutable, so safe to share between threads.
/// </summary>
public sealed class EventRegistry
{
    private readonly FrozenDictionary<Type, RegisteredEvent> _byType;
    private readonly FrozenDictionary<string, RegisteredEvent> _byName;

    /// <param name="json">
    /// The stored shape, which the owner of the events decides: Marten reads camelCase members and enums as strings. It should skip
    /// unknown members, as is the default, or a newer writer's events cannot be read. It is made read-only here.
    /// </param>
    /// <param name="eventTypes">Every event type; concrete, not generic.</param>
    /// <exception cref="ArgumentException">A type given twice, two types of one stored name, or a type that cannot be an event.</exception>
    public EventRegistry(JsonSerializerOptions json, params IEnumerable<Type> eventTypes)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.MakeReadOnly(populateMissingResolver: true);
        var stored = new JsonSerializerOptions(json) { TypeInfoResolver = json.TypeInfoResolver!.WithAddedModifier(CanonicalJson.Order) };
        stored.MakeReadOnly();
        var byName = new Dictionary<string, RegisteredEvent>(StringComparer.Ordinal);
        foreach (var type in eventTypes)
        {
            var registered = Describe(type, stored);
            if (!byName.TryAdd(registered.Name, registered))
            {
                throw new ArgumentException(
                    $"Two event types share the stored name '{registered.Name}': {byName[registered.Name].Type} and {type}.",
                    nameof(eventTypes));
            }
        }

        _byName = byName.ToFrozenDictionary(StringComparer.Ordinal);
        _byType = byName.Values.ToFrozenDictionary(registered => registered.Type);
    }

    /// <summary>The stored names (<c>mt_events.type</c>) of all registered types.</summary>
    public IReadOnlyCollection<string> Names => _byName.Keys;

    /// <summary>The stored names of an event's type.</summary>
    /// <exception cref="UnknownEventType">The type was never registered.</exception>
    public RegisteredEvent Of(Type type) => _byType.TryGetValue(type, out var known) ? known : throw new UnknownEventType(type.ToString());

    /// <summary>The type behind a stored name.</summary>
    /// <exception cref="UnknownEventType">The name was never registered.</exception>
    public RegisteredEvent Of(string name) => _byName.TryGetValue(name, out var known) ? known : throw new UnknownEventType(name);

    /// <summary>
    /// Writes an event as UTF-8 JSON that jsonb accepts, in canonical form (see <see cref="CanonicalJson"/>) where its dictionaries are in
    /// ordinal order of their keys.
    /// </summary>
    /// <param name="nulsStripped">How many U+0000 characters were taken out of its strings.</param>
    /// <exception cref="UnknownEventType">The event's type was never registered.</exception>
    public byte[] Encode(object happened, out int nulsStripped)
    {
        ArgumentNullException.ThrowIfNull(happened);
        var json = JsonSerializer.SerializeToUtf8Bytes(happened, Of(happened.GetType()).TypeInfo);
        return NulEscapes.Strip(json, out nulsStripped);
    }

    /// <summary>Reads an event back; members that its type does not know are skipped.</summary>
    /// <exception cref="UnknownEventType">The name was never registered.</exception>
    /// <exception cref="UnreadableEvent">The JSON does not fit the registered type.</exception>
    public object Decode(string name, ReadOnlySpan<byte> json)
    {
        var known = Of(name);
        try
        {
            return JsonSerializer.Deserialize(json, known.TypeInfo) ?? throw new UnreadableEvent(name, "its JSON is null");
        }
        catch (JsonException e)
        {
            throw new UnreadableEvent(name, e.Message, e);
        }
    }

    private static RegisteredEvent Describe(Type type, JsonSerializerOptions json)
    {
        if (type.IsAbstract || type.IsInterface || type.IsGenericType)
        {
            throw new ArgumentException($"{type} cannot be an event: an event type is concrete and not generic.", nameof(type));
        }

        return new RegisteredEvent(
            type,
            JsonNamingPolicy.SnakeCaseLower.ConvertName(type.Name),
            $"{type.FullName}, {type.Assembly.GetName().Name}",
            json.GetTypeInfo(type));
    }
}

/// <summary>One event type and how the store names it.</summary>
/// <param name="Name">snake_case of the record's name, such as <c>webhook_received</c>.</param>
/// <param name="DotNetName"><c>Namespace.Type, Assembly</c>.</param>
public sealed record RegisteredEvent(Type Type, string Name, string DotNetName, JsonTypeInfo TypeInfo);
