namespace Reconciler.Polling;

internal static class PollingServices
{
    internal static IServiceCollection AddPolling(this IServiceCollection services) => services
        .AddSingleton<DuePayouts>()
        .AddSingleton<PollNow>()
        .AddSingleton<SilenceClock>()
        .AddHostedService(provider => provider.GetRequiredService<SilenceClock>());
}
