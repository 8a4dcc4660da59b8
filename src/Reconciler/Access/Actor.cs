using System.Security.Claims;
using Reconciler.Core;
using Claim = System.Security.Claims.Claim;

namespace Reconciler.Access;

public enum ActorKind
{
    /// <summary>A program, by an API key.</summary>
    Key,

    /// <summary>A person who signed in.</summary>
    User,

    /// <summary>The service itself, or whoever has its shell and ran a command.</summary>
    Service,

    /// <summary>A caller without a key or session that holds.</summary>
    Nobody,
}

/// <summary>Who calls, and what they may do.</summary>
/// <param name="Id">Names the caller for ever, in what is recorded; never a secret. Ids of keys and of users differ.</param>
/// <param name="Name">What people call it; it may change.</param>
/// <param name="Scopes">Of <see cref="Hosting.Scope"/>.</param>
/// <param name="Connections">What it sees at all.</param>
public sealed record Actor(ActorKind Kind, string Id, string Name, IReadOnlyList<string> Scopes, AllowedConnections Connections)
{
    /// <summary>Where this call came from, for what is recorded of it.</summary>
    public CalledFrom From { get; init; } = CalledFrom.Nowhere;

    /// <summary>Whose key it is; null: the caller is its own person.</summary>
    public KeyOwner? Owner { get; init; }

    /// <summary>A caller whom nobody knows, in the record of what was refused.</summary>
    public static Actor Nobody(CalledFrom from) => new(ActorKind.Nobody, "nobody", "nobody", [], AllowedConnections.Of([])) { From = from };

    /// <summary>The service itself, in what is recorded without a caller: at its start, or by a command.</summary>
    public static Actor Service(string name) => new(ActorKind.Service, name, name, [], AllowedConnections.All);

    /// <summary>Kind and id as one text, like <c>user:0199…</c>: equal exactly when it is the same caller.</summary>
    public string Reference => $"{Kind.Word()}:{Id}";

    /// <summary>The reference of whoever acts, whether signed in or by a key of theirs: equal exactly when it is the same person, so that four eyes compare this.</summary>
    public string PersonReference => Owner is { } owner ? $"{ActorKind.User.Word()}:{owner.User}" : Reference;

    /// <summary>What that person is called.</summary>
    public string PersonName => Owner?.Name ?? Name;

    public bool May(string scope) => Scopes.Contains(scope, StringComparer.Ordinal);
}

/// <summary>The person whose key a caller has.</summary>
public sealed record KeyOwner(Guid User, string Name);

/// <summary>Carries the actor through ASP.NET Core, with the claims that its policies read.</summary>
public sealed class ActorIdentity(Actor actor, string authenticationType) : ClaimsIdentity(ClaimsOf(actor), authenticationType)
{
    public Actor Who { get; } = actor;

    private static IEnumerable<Claim> ClaimsOf(Actor actor) =>
    [
        new(ClaimTypes.NameIdentifier, actor.Id),
        new(ClaimTypes.Name, actor.Name),
        .. actor.Scopes.Select(scope => new Claim(Hosting.Scope.ClaimType, scope)),
    ];
}

public static class ActorOfRequest
{
    /// <summary>Null where nobody is authenticated.</summary>
    public static Actor? Actor(this ClaimsPrincipal caller) => caller.Identities.OfType<ActorIdentity>().FirstOrDefault()?.Who;

    /// <summary>The caller of a route that demands one.</summary>
    /// <exception cref="InvalidOperationException">The route lets in callers whom nobody knows.</exception>
    public static Actor Actor(this HttpContext context) =>
        context.User.Actor() ?? throw new InvalidOperationException("This route has no authenticated caller: it lacks RequireScope.");
}
