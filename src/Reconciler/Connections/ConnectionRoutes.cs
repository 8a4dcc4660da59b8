using Microsoft.AspNetCore.Mvc;
using Reconciler.Access;
using Reconciler.Hosting;

namespace Reconciler.Connections;

/// <summary>The operator's routes about connections. Secrets go in, and never come out.</summary>
public static class ConnectionRoutes
{
    /// <summary>Twenty webhook keys of 8 KB and everything else.</summary>
    private const int BodyBytesMax = 256 * 1024;

    private const string One = "/v1/connections/{key}";

    private const string Shown = """
        What was not said is null, and the provider's defaults hold; with ?defaults=true they are filled in. Either can be put back.
        Secrets show as ***.
        """;

    private const string Put = """
        201 new, 200 changed or the same. A credential or secret that is left out or sent as *** stays as it is stored;
        webhook.secrets: [] takes all away. In use on this node at once, on every other within seconds.
        """;

    public static IEndpointRouteBuilder MapConnections(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/connections", ReadConnections.AllAsync).RequireScope(Scope.Admin).WithinConnections()
            .WithTags("Connections").WithSummary("All connections")
            .Produces<ConnectionList>()
            .Refuses();
        routes.MapGet(One, ReadConnections.OneAsync).RequireScope(Scope.Admin)
            .WithTags("Connections").WithSummary("One connection, as its operator wrote it")
            .WithDescription(Shown)
            .Produces<ConnectionDocument>()
            .Refuses(404, 422);
        routes.MapPut(One, EditConnections.PutAsync).RequireScope(Scope.Admin)
            .WithMetadata(new RequestSizeLimitAttribute(BodyBytesMax))
            .WithTags("Connections").WithSummary("Make or change a connection")
            .WithDescription(Put)
            .Accepts<ConnectionDocument>("application/json")
            .Produces<ConnectionDocument>(StatusCodes.Status201Created).Produces<ConnectionDocument>()
            .Refuses(413, 422, 503);
        routes.MapDelete(One, EditConnections.DeleteAsync).RequireScope(Scope.Admin)
            .WithTags("Connections").WithSummary("Remove a connection that knows no payouts")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(404, 409, 503);
        routes.MapGet(One + "/endpoint", EndpointToRegister.Handle).RequireScope(Scope.Admin)
            .WithTags("Connections").WithSummary("What to register at the provider")
            .Produces<EndpointAnswer>()
            .Refuses(404);
        return routes;
    }
}
