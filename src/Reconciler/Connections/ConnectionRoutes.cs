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
        webhook.secrets: [] takes all away, without looking at when they were used: to change one, use the routes under /secrets.
        paused that is left out stays as it is. In use on this node at once, on every other within seconds.
        """;

    private const int ReasonBytesMax = 16 * 1024;

    private static RouteHandlerBuilder WithPauseReason(this RouteHandlerBuilder route) =>
        route.WithMetadata(new RequestSizeLimitAttribute(ReasonBytesMax)).Accepts<PauseReason>(isOptional: true, "application/json");

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
        routes.MapPost(One + "/pause", PauseConnection.PauseAsync).RequireScope(Scope.Admin).WithPauseReason()
            .WithTags("Connections").WithSummary("Pause a connection: it is kept, and neither polled nor accepted")
            .WithDescription("Deliveries are answered 503 with Retry-After, so that the provider sends them again. On every node within five seconds.")
            .Produces<ConnectionDocument>()
            .Refuses(404, 413, 422);
        routes.MapPost(One + "/resume", PauseConnection.ResumeAsync).RequireScope(Scope.Admin).WithPauseReason()
            .WithTags("Connections").WithSummary("Resume a paused connection")
            .Produces<ConnectionDocument>()
            .Refuses(404, 413, 422);
        routes.MapPost(One + "/check", CheckConnection.HandleAsync).RequireScope(Scope.Admin)
            .WithTags("Connections").WithSummary("Ask the provider whether address, credentials and clock are right")
            .WithDescription("One status request for an id that cannot exist, within the connection's budget (429 where that is spent).")
            .Produces<CheckAnswer>()
            .Refuses(404, 429);
        routes.MapGet(One + "/endpoint", EndpointToRegister.HandleAsync).RequireScope(Scope.Admin)
            .WithTags("Connections").WithSummary("What to register at the provider, and what came")
            .Produces<EndpointAnswer>()
            .Refuses(404);
        routes.MapPost(One + "/endpoint/test", TestEndpoint.HandleAsync).RequireScope(Scope.Admin)
            .WithTags("Connections").WithSummary("Send a probe through the public address, and see how it arrives")
            .WithDescription("Signed as the provider would sign it, where that is with a shared secret. It never becomes evidence.")
            .Produces<ProbeAnswer>()
            .Refuses(404);
        routes.MapSecrets();
        return routes;
    }
}
