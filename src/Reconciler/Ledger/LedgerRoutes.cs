using Reconciler.Access;
using Reconciler.Hosting;
using Reconciler.Ledger.Anchors;

namespace Reconciler.Ledger;

/// <summary>The routes that the ledger service reads.</summary>
public static class LedgerRoutes
{
    public static IServiceCollection AddLedger(this IServiceCollection services) => services
        .AddSingleton(provider => provider.GetRequiredService<IConfiguration>().GetSection("Reconciler:Feed").Get<FeedOptions>() ?? new FeedOptions())
        .AddSingleton<ChangeFeed>()
        .AddSingleton<FeedTail>()
        .AddSingleton<FeedHistory>()
        .AddSingleton<FeedRefusal>()
        .AddSingleton<FeedStreams>()
        .AddSingleton<FeedWaiter>()
        .AddHostedService(provider => provider.GetRequiredService<FeedWaiter>())
        .AddSingleton<AnchorStreams>()
        .AddHostedService<AnchorClock>();

    public static IEndpointRouteBuilder MapLedger(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/changes", ReadChanges.HandleAsync).RequireScope(Scope.LedgerRead).WithinConnections()
            .WithTags("Ledger").WithSummary("What changed after a position")
            .WithDescription("Positions are dense and in commit order: what lies at or before one that was read never changes. "
                + "409 where the position or the epoch belongs to another history. A chain.anchored is about no payout: its payout is null, "
                + "and its member anchor tells what the streams held when a day was over.")
            .Produces<ChangesPage>()
            .Refuses(409, 422);
        routes.MapGet("/v1/changes/stream", StreamChanges.Handle).RequireScope(Scope.LedgerRead).WithinConnections()
            .WithTags("Ledger").WithSummary("What changes, as server-sent events")
            .WithDescription("Each change is an event: its id is the position, its type the kind, its data what /v1/changes gives. "
                + "The first event, 'epoch', tells which history it is. Come back with Last-Event-ID, and the epoch, and nothing is missed. "
                + "A reader that takes nothing for too long is dropped; streams end by themselves now and then.")
            .Produces(200, contentType: "text/event-stream")
            .Refuses(409, 422, 503);
        return routes;
    }
}
