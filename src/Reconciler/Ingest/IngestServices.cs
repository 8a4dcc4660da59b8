using Reconciler.Ingest.Unreadable;

namespace Reconciler.Ingest;

internal static class IngestServices
{
    internal static IServiceCollection AddIngest(this IServiceCollection services) => services
        .AddSingleton<RegisteredPayouts>()
        .AddSingleton<ReceiveDelivery>()
        .AddSingleton<ReadUnreadableAgain>()
        .AddSingleton<RejectLog>()
        .AddHostedService(provider => provider.GetRequiredService<RejectLog>());
}
