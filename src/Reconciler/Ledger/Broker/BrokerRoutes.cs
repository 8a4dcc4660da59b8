using Npgsql;
using Reconciler.Hosting;

namespace Reconciler.Ledger.Broker;

/// <summary>Publishing to RabbitMQ, where it is configured, and what an operator sees of it.</summary>
internal static class BrokerRoutes
{
    /// <exception cref="InvalidOperationException">A setting of <c>Reconciler:Broker</c> makes no sense.</exception>
    internal static IServiceCollection AddBroker(this IServiceCollection services, IConfiguration configuration)
    {
        if (BrokerOptions.From(configuration) is not { } options) return services;
        return services
            .AddSingleton(options)
            .AddSingleton<BrokerView>()
            .AddSingleton<BrokerLease>()
            .AddSingleton(provider => new Degradation("broker", () => provider.GetRequiredService<BrokerView>().Trouble))
            .AddHostedService<BrokerPublisher>();
    }

    internal static IEndpointRouteBuilder MapBroker(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/feed/broker",
                async (NpgsqlDataSource database, IServiceProvider services, CancellationToken cancellation) =>
                    TypedResults.Ok(await BrokerStatus.ReadAsync(database, services.GetService<BrokerOptions>() is not null, cancellation)))
            .RequireScope(Scope.LedgerRead)
            .WithTags("Ledger").WithSummary("How publishing to the message broker goes")
            .WithDescription("Of all nodes: one of them publishes. What is not published yet waits in the feed, and the pull has it.")
            .Produces<BrokerStatus>()
            .Refuses();
        routes.MapPost("/v1/feed/broker/replay", ReplayChanges.HandleAsync).RequireScope(Scope.Admin)
            .WithTags("Ledger").WithSummary("Publish again from a position")
            .WithDescription("Receivers get what they had before once more, with the same message-id. Where the feed has another epoch since "
                + "the database was restored, this says where publishing goes on.")
            .Accepts<ReplayOrder>("application/json")
            .Produces<BrokerStatus>()
            .Refuses(400, 415, 422);
        return routes;
    }
}
