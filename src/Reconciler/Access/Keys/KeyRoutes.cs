using System.Text.Json;
using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Access.Keys;

/// <summary>The administrator's routes about keys.</summary>
internal static class KeyRoutes
{
    private const string All = "/v1/keys";
    private const string One = All + "/{id}";
    private const int BodyBytesMax = 16 * 1024;

    internal static IEndpointRouteBuilder MapKeys(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListAsync).RequireScope(Scope.Admin)
            .WithTags("Keys").WithSummary("All keys, newest first, revoked ones too")
            .WithDescription("lastUsedAt is written now and then, not at each use.")
            .Produces<KeyList>()
            .Refuses();
        routes.MapPost(All, MakeAsync).RequireScope(Scope.Admin)
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(BodyBytesMax))
            .WithTags("Keys").WithSummary("Make a key")
            .WithDescription("The answer has the key itself, this once: it is not kept. A key with connections sees nothing of any other. "
                + "A key with an owner is that person's: where two people have to decide, whoever has it is the same as when they sign in. "
                + "In use on this node at once, on every other within seconds.")
            .Accepts<WantedKey>("application/json")
            .Produces<MadeKey>(StatusCodes.Status201Created)
            .Refuses(409, 413, 422);
        routes.MapGet(One, OneAsync).RequireScope(Scope.Admin)
            .WithTags("Keys").WithSummary("One key")
            .Produces<ApiKey>()
            .Refuses(404);
        routes.MapDelete(One, RevokeAsync).RequireScope(Scope.Admin)
            .WithTags("Keys").WithSummary("Revoke a key for good")
            .WithDescription("Refused on this node at once, on every other within five seconds. It stays in the list.")
            .Produces<ApiKey>()
            .Refuses(404);
        return routes;
    }

    private static async Task<IResult> ListAsync(ApiKeyStore keys, CancellationToken cancellation) =>
        TypedResults.Ok(new KeyList(await keys.AllAsync(cancellation)));

    private static async Task<IResult> OneAsync(string id, ApiKeyStore keys, CancellationToken cancellation) =>
        Guid.TryParse(id, out var wanted) && await keys.FindAsync(wanted, cancellation) is { } key ? TypedResults.Ok(key) : Unknown(id);

    private static async Task<IResult> MakeAsync(
        HttpContext context, ApiKeyStore keys, AccessDirectory directory, TimeProvider clock, CancellationToken cancellation)
    {
        WantedKey? wanted;
        try
        {
            wanted = await JsonSerializer.DeserializeAsync<WantedKey>(context.Request.Body, Strict, cancellation);
        }
        catch (JsonException malformed)
        {
            return Problem.Invalid(malformed.Path?.TrimStart('$', '.') ?? "", "It cannot be read: a key is {name, scopes, connections?, owner?, expiresAt?}.");
        }

        if (wanted is null) return Problem.Invalid("", "A key is a JSON object.");
        if (wanted.Problems(clock.GetUtcNow()) is { Count: > 0 } problems) return Problem.Invalid(problems);
        if (wanted.Owner is { } owner && await directory.FindOwnerAsync(owner, cancellation) is null)
            return Problem.Invalid("owner", "It is the id of a user who may sign in.");
        if (await keys.AddAsync(context.Actor(), wanted, cancellation) is not var (key, secret))
            return new Problem(ProblemKind.KeysTooMany, $"There are {ApiKeyRows.InUseMax} keys in use. Revoke those that nobody needs.");
        context.Response.Headers.Location = $"{All}/{key.Id}";
        return TypedResults.Json(MadeKey.Of(key, secret), JsonShapes.Answered, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> RevokeAsync(string id, HttpContext context, ApiKeyStore keys, CancellationToken cancellation) =>
        Guid.TryParse(id, out var wanted) && await keys.RevokeAsync(context.Actor(), wanted, null, cancellation) is { } key
            ? TypedResults.Ok(key)
            : Unknown(id);

    private static Problem Unknown(string id) => new(ProblemKind.KeyUnknown, $"There is no key {id}.");

    private static JsonSerializerOptions Strict { get; } = JsonShapes.Configure(new JsonSerializerOptions
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow, MaxDepth = 4,
    });
}

public sealed record KeyList(IReadOnlyList<ApiKey> Items);

/// <summary>A key that was just made.</summary>
/// <param name="Key">What a caller sends as <c>Authorization: Bearer</c>. It is shown this once.</param>
public sealed record MadeKey(
    string Key, Guid Id, string Name, string Hint, IReadOnlyList<string> Scopes, IReadOnlyList<string>? Connections, Guid? Owner,
    DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? ExpiresAt)
{
    internal static MadeKey Of(ApiKey key, string secret) =>
        new(secret, key.Id, key.Name, key.Hint, key.Scopes, key.Connections, key.Owner, key.CreatedAt, key.CreatedBy, key.ExpiresAt);
}
