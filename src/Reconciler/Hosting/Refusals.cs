namespace Reconciler.Hosting;

public static class Refusals
{
    /// <summary>Documents the problems that a route answers beside those that every route under /v1 has.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in (int[])[.. statuses, StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden])
            route.Produces<ProblemBody>(status, Problem.ContentType);
        return route;
    }
}
