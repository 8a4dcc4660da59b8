using Reconciler.Hosting;

namespace Reconciler.Polling;

internal static class PollingServices
{
    internal static IServiceCollection AddPolling(this IServiceCollection services) => services
        .AddSingleton<SharedClock>()
        .AddKeyedSingleton<TimeProvider>(SharedClock.Name, (provider, _) => provider.GetRequiredService<SharedClock>())
        .AddSingleton<ReadSharedClock>()
        .AddSingleton(provider => new Degradation("clock", () => provider.GetRequiredService<ReadSharedClock>().Trouble))
        .AddHostedService(provider => provider.GetRequiredService<ReadSharedClock>())
        .AddSingleton<DuePayouts>()
        .AddSingleton<PollNow>()
        .AddSingleton<SilenceClock>()
        .AddHostedService(provider => provider.GetRequiredService<SilenceClock>());
}
