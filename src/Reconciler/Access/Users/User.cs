namespace Reconciler.Access.Users;

/// <summary>A person who signs in.</summary>
/// <param name="Name">Unique, in lower case.</param>
/// <param name="Stamp">Moves with whatever must end the sessions of before.</param>
/// <param name="MustChangePassword">Until then nothing else may be done.</param>
/// <param name="CreatedBy">An <see cref="Actor.Reference"/>.</param>
public sealed record User(
    Guid Id,
    string Name,
    Role Role,
    Guid Stamp,
    bool MustChangePassword,
    DateTimeOffset? LockedUntil,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    DateTimeOffset PasswordChangedAt,
    DateTimeOffset? LastSignedInAt,
    DateTimeOffset? DisabledAt)
{
    public const int NameCharactersMax = 60;

    /// <summary>Who holds a password that somebody else knows may do nothing but change it.</summary>
    public Actor AsActor() => new(ActorKind.User, Id.ToString(), Name, MustChangePassword ? [] : Role.Scopes(), AllowedConnections.All);

    /// <summary>As it is stored; null where the text is no name.</summary>
    public static string? NameOf(string text)
    {
        var name = text.Trim().ToLowerInvariant();
        return name.Length is > 0 and <= NameCharactersMax && name.All(one => char.IsAsciiLetterOrDigit(one) || one is '.' or '-' or '_' or '@' or '+')
            ? name
            : null;
    }

    public static string NameRule => $"A name has 1 to {NameCharactersMax} of a-z, 0-9 and . - _ @ +, like an address of electronic mail.";
}
