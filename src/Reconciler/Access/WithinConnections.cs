using Reconciler.Hosting;

namespace Reconciler.Access;

/// <summary>Says of a route that what it answers lies within the caller's connections: its query asks for no others.</summary>
public sealed record WithinConnections;

/// <summary>
/// Keeps callers within their connections. A route that names a connection in its path is checked here, and what lies elsewhere is not
/// there: 404, whether it exists or not. Any other route must say that it restricts itself, else only callers with all connections
/// may use it: a route that nobody thought about gives nothing away.
/// </summary>
public static class ConnectionGate
{
    private const string Connection = "connection";
    private const string ConnectionKeyName = "key";
    private const string ConnectionsRoot = "/v1/connections/";

    /// <summary>Declares that the route looks at <see cref="Actor.Connections"/> itself.</summary>
    public static TBuilder WithinConnections<TBuilder>(this TBuilder route) where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new WithinConnections());

    internal static Task KeepAsync(HttpContext context, RequestDelegate next)
    {
        if (context.User.Actor() is not { } actor || actor.Connections.Keys is null || context.GetEndpoint() is not RouteEndpoint endpoint) return next(context);
        if (Named(context, endpoint) is { } connection)
            return actor.Connections.Allow(connection) ? next(context) : Unknown(context, connection).ExecuteAsync(context);
        return endpoint.Metadata.GetMetadata<WithinConnections>() is not null || endpoint.Metadata.GetMetadata<RequiredScope>() is null
            ? next(context)
            : new Problem(ProblemKind.ScopeMissing, "This needs a key for all connections; this one is for some.").ExecuteAsync(context);
    }

    private static string? Named(HttpContext context, RouteEndpoint endpoint) =>
        context.GetRouteValue(Connection) as string
        ?? (endpoint.RoutePattern.RawText?.StartsWith(ConnectionsRoot, StringComparison.Ordinal) == true ? context.GetRouteValue(ConnectionKeyName) as string : null);

    private static Problem Unknown(HttpContext context, string connection) =>
        context.GetRouteValue("id") is string id
            ? new Problem(ProblemKind.PayoutUnknown, $"There is no payout {connection}/{Uri.UnescapeDataString(id)}.")
            : new Problem(ProblemKind.ConnectionUnknown, $"There is no connection '{connection}'.");
}
