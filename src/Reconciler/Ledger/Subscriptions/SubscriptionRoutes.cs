using Microsoft.AspNetCore.Mvc;
using Reconciler.Access;
using Reconciler.Hosting;
using Reconciler.Ledger.Parity;

namespace Reconciler.Ledger.Subscriptions;

/// <summary>Signed webhooks out, and what their receivers can compare.</summary>
public static class SubscriptionRoutes
{
    internal const string Root = "/v1/subscriptions";
    private const string One = Root + "/{id}";
    private const string Tag = "Subscriptions";

    private const string Sent = """
        Each change is sent as a POST by Standard Webhooks (https://www.standardwebhooks.com): the body has the bytes that /v1/changes gives,
        webhook-id is the change's id and the same at each attempt, webhook-signature has one signature for each live secret.
        2xx accepts it. Anything else is tried again over more than three days; a payout's next change waits for it, those of other payouts
        do not. 410 pauses the subscription. Delivery is at least once: keep the highest statusVersion per payout.
        """;

    private const string Put = """
        All members but secrets are replaced. secrets that are left out stay; a secret that is left out or *** stays as it is stored, or is
        made and shown this once. Several sign at the same time: add one, let the receiver learn it, remove the other.
        """;

    private const string Compared = """
        application/x-ndjson in: first, if wanted, {"position":P,"epoch":"…"}; then a line for each payout, {"payout":id,"statusVersion":n,"status":"…"},
        in any order; status may be left out. Changes after P are no differences; without P the subscription's cursor is taken.
        application/x-ndjson out: a line for each difference (missing, unknown, behind, ahead, status_differs) and each bad_line, and last the
        counts: an answer without that line did not come to its end.
        """;

    public static IServiceCollection AddSubscriptions(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(configuration.GetSection("Reconciler:Subscriptions").Get<SubscriptionOptions>() ?? new SubscriptionOptions())
        .AddSingleton<SubscriptionStore>()
        .AddSingleton<SubscriptionAct>()
        .AddSingleton<SubscriptionDefinitions>()
        .AddSingleton<SubscriptionSteering>()
        .AddSingleton<CompareParity>()
        .AddSingleton<WebhookSender>()
        .AddHostedService(provider => provider.GetRequiredService<WebhookSender>());

    public static IEndpointRouteBuilder MapSubscriptions(this IEndpointRouteBuilder routes)
    {
        MapDefinitions(routes);
        MapSteering(routes);
        routes.MapPost(One + "/parity", CompareParity.HandleAsync).RequireScope(Scope.LedgerRead).WithinConnections()
            .WithTags(Tag).WithSummary("Compare what a subscriber holds with what we have")
            .WithDescription(Compared)
            .Accepts<ParityClaim>(CompareParity.ContentType)
            .Produces<ParityLine>(contentType: CompareParity.ContentType)
            .Refuses(404, 409, 413, 415, 422, 503);
        return routes;
    }

    private static void MapDefinitions(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Root, ReadSubscriptions.AllAsync).RequireScope(Scope.LedgerRead).WithinConnections()
            .WithTags(Tag).WithSummary("All subscriptions")
            .Produces<SubscriptionList>()
            .Refuses();
        routes.MapPost(Root, EditSubscriptions.CreateAsync).RequireScope(Scope.Admin).WithinConnections()
            .WithMetadata(new RequestSizeLimitAttribute(SubscriptionBody.BytesMax))
            .WithTags(Tag).WithSummary("Subscribe a URL to the feed")
            .WithDescription(Sent)
            .Accepts<NewSubscriptionDocument>("application/json")
            .Produces<SubscriptionAnswer>(StatusCodes.Status201Created)
            .Refuses(409, 413, 422);
        routes.MapGet(One, ReadSubscriptions.OneAsync).RequireScope(Scope.LedgerRead).WithinConnections()
            .WithTags(Tag).WithSummary("One subscription, how it is doing and how far it is")
            .Produces<SubscriptionAnswer>()
            .Refuses(404);
        routes.MapPut(One, EditSubscriptions.PutAsync).RequireScope(Scope.Admin).WithinConnections()
            .WithMetadata(new RequestSizeLimitAttribute(SubscriptionBody.BytesMax))
            .WithTags(Tag).WithSummary("Change a subscription")
            .WithDescription(Put)
            .Accepts<SubscriptionDocument>("application/json")
            .Produces<SubscriptionAnswer>()
            .Refuses(404, 413, 422, 503);
        routes.MapDelete(One, EditSubscriptions.DeleteAsync).RequireScope(Scope.Admin).WithinConnections()
            .WithTags(Tag).WithSummary("Remove a subscription")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(404);
        routes.MapGet(One + "/deferred", ReadSubscriptions.DeferredAsync).RequireScope(Scope.LedgerRead).WithinConnections()
            .WithTags(Tag).WithSummary("Changes that were refused, and those that wait for them")
            .Produces<DeferredList>()
            .Refuses(404);
    }

    private static void MapSteering(IEndpointRouteBuilder routes)
    {
        routes.MapPost(One + "/pause", SteerSubscription.PauseAsync).RequireScope(Scope.Admin).WithinConnections()
            .WithTags(Tag).WithSummary("Send nothing until it is resumed")
            .Produces<SubscriptionAnswer>()
            .Refuses(404);
        routes.MapPost(One + "/resume", SteerSubscription.ResumeAsync).RequireScope(Scope.Admin).WithinConnections()
            .WithTags(Tag).WithSummary("Go on from where it was")
            .WithDescription("What was refused is tried again at once, with a whole schedule. 409 where the cursor lies beyond what a former history has in common with this one.")
            .Produces<SubscriptionAnswer>()
            .Refuses(404, 409);
        routes.MapPost(One + "/replay", SteerSubscription.ReplayAsync).RequireScope(Scope.Admin).WithinConnections()
            .WithMetadata(new RequestSizeLimitAttribute(SubscriptionBody.BytesMax))
            .WithTags(Tag).WithSummary("Send again what came after a position")
            .WithDescription("The changes keep their ids. A dead subscription becomes active; a paused one stays paused.")
            .Accepts<ReplayDocument>("application/json")
            .Produces<SubscriptionAnswer>()
            .Refuses(404, 409, 413, 422);
        routes.MapPost(One + "/skip", SteerSubscription.SkipAsync).RequireScope(Scope.Admin).WithinConnections()
            .WithMetadata(new RequestSizeLimitAttribute(SubscriptionBody.BytesMax))
            .WithTags(Tag).WithSummary("Give up one deferred change, so that its payout goes on")
            .WithDescription("A person's decision, and in the audit log. The change stays in the feed.")
            .Accepts<SkipDocument>("application/json")
            .Produces<SubscriptionAnswer>()
            .Refuses(404, 409, 413, 422);
    }
}
