using Reconciler.Hosting;

namespace Reconciler.Access.Keys;

/// <summary>A key of a program, as it is known: the key itself is not kept.</summary>
/// <param name="Hint">Its last characters.</param>
/// <param name="Connections">Keys of connections; null: all.</param>
/// <param name="Owner">Id of the user whose key it is: what they do with it they did themselves; null: a program's own.</param>
/// <param name="CreatedBy">An <see cref="Actor.Reference"/>.</param>
/// <param name="LastUsedAt">To within a minute; null where it was not used.</param>
public sealed record ApiKey(
    Guid Id,
    string Name,
    string Hint,
    IReadOnlyList<string> Scopes,
    IReadOnlyList<string>? Connections,
    Guid? Owner,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? LastUsedAt,
    DateTimeOffset? RevokedAt,
    string? RevokedBy)
{
    public const int NameCharactersMax = 100;

    public bool HasExpired(DateTimeOffset now) => ExpiresAt <= now;

    /// <param name="ownerName">What the owner is called; null where it is nobody's.</param>
    public Actor AsActor(string? ownerName) => new(
        ActorKind.Key, Id.ToString(), Name, [.. Scopes.Intersect(Scope.All)],
        Connections is null ? AllowedConnections.All : AllowedConnections.Of(Connections.Select(key => Core.ConnectionKey.Parse(key))))
    {
        Owner = Owner is { } owner ? new KeyOwner(owner, ownerName ?? owner.ToString()) : null,
    };
}
