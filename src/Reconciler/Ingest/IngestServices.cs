namespace Reconciler.Ingest;

internal static class IngestServices
{
    internal static IServiceCollection AddIngest(this IServiceCollection services) => services
        .AddSingleton<RegisteredPayouts>()
        .AddSingleton<ReceiveDelivery>()
        .AddSingleton<RejectLog>()
        .AddHostedService(provider => provider.GetRequiredService<RejectLog>());
}
