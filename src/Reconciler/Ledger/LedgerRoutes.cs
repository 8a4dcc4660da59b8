using Reconciler.Hosting;

namespace Reconciler.Ledger;

/// <summary>The routes that the ledger service reads.</summary>
public static class LedgerRoutes
{
    public static IServiceCollection AddLedger(this IServiceCollection services) => services
        .AddSingleton<ChangeFeed>()
        .AddSingleton<FeedWaiter>()
        .AddHostedService(provider => provider.GetRequiredService<FeedWaiter>());

    public static IEndpointRouteBuilder MapLedger(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/changes", ReadChanges.HandleAsync).RequireScope(Scope.LedgerRead)
            .WithTags("Ledger").WithSummary("What changed after a position")
            .WithDescription("Positions are dense and in commit order: what lies at or before one that was read never changes. "
                + "409 where the position or the epoch belongs to another history.")
            .Produces<ChangesPage>()
            .Refuses(409, 422);
        return routes;
    }
}
