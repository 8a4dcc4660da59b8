using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using Reconciler.Access;
using Reconciler.Access.Audit;
using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Connections;

/// <summary>The operator's routes about a connection's webhook secrets.</summary>
internal static class SecretRoutes
{
    private const string All = "/v1/connections/{key}/secrets";
    private const int BodyBytesMax = 32 * 1024;

    internal static void MapSecrets(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ShowAsync).RequireScope(Scope.Admin)
            .WithTags("Connections").WithSummary("A connection's webhook secrets, without their values")
            .WithDescription("When each was last used is known to within seconds.")
            .Produces<SecretList>()
            .Refuses(404);
        routes.MapPost(All, AddAsync).RequireScope(Scope.Admin)
            .WithMetadata(new RequestSizeLimitAttribute(BodyBytesMax))
            .WithTags("Connections").WithSummary("Add a webhook secret: the first step of a rotation")
            .WithDescription("It is accepted beside those that are there, on every node within five seconds: give it to the provider after that.")
            .Accepts<SecretToAdd>("application/json")
            .Produces<SecretList>(StatusCodes.Status201Created)
            .Refuses(404, 409, 413, 422);
        routes.MapDelete(All + "/{secret}", RetireAsync).RequireScope(Scope.Admin)
            .WithTags("Connections").WithSummary("Retire a webhook secret: the last step of a rotation")
            .WithDescription("409 while it was used within the last day, or is the only one that is accepted, unless forced.")
            .Produces<SecretList>()
            .Refuses(404, 409, 422);
    }

    private static async Task<IResult> ShowAsync(string key, RotateSecrets secrets, CancellationToken cancellation) =>
        ConnectionKey.TryParse(key, out var known) ? await ShownAsync(known, secrets, StatusCodes.Status200OK, cancellation) : ReadConnections.Unknown(key);

    private static async Task<IResult> AddAsync(string key, HttpRequest request, RotateSecrets secrets, AuditLog audit, CancellationToken cancellation)
    {
        if (!ConnectionKey.TryParse(key, out var known)) return ReadConnections.Unknown(key);
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellation);
        var json = body.GetBuffer().AsMemory(0, (int)body.Length);
        return await secrets.AddAsync(known, json, new ConnectionAudit(audit, request.HttpContext.Actor()), cancellation)
            ?? await ShownAsync(known, secrets, StatusCodes.Status201Created, cancellation);
    }

    private static async Task<IResult> RetireAsync(
        string key,
        string secret,
        [Description("true: although what is still signed with it is refused from here on.")] bool? force,
        HttpContext context, RotateSecrets secrets, AuditLog audit, CancellationToken cancellation)
    {
        if (!ConnectionKey.TryParse(key, out var known)) return ReadConnections.Unknown(key);
        return await secrets.RetireAsync(known, secret, force == true, new ConnectionAudit(audit, context.Actor()), cancellation)
            ?? await ShownAsync(known, secrets, StatusCodes.Status200OK, cancellation);
    }

    private static async Task<IResult> ShownAsync(ConnectionKey key, RotateSecrets secrets, int status, CancellationToken cancellation)
    {
        var (shown, problem) = await secrets.ShowAsync(key, cancellation);
        return problem ?? (IResult)TypedResults.Json(shown, JsonShapes.Answered, statusCode: status);
    }
}
