using Reconciler.Simulator.AwdPay;
using Reconciler.Simulator.CaurisFlux;
using Reconciler.Simulator.Connections;
using Reconciler.Simulator.Control;
using Reconciler.Simulator.Faults;
using Reconciler.Simulator.PawaPay;
using Reconciler.Simulator.Payouts;
using Reconciler.Simulator.Polls;
using Reconciler.Simulator.Webhooks;
using Reconciler.Simulator.Zayono;
using Reconciler.Simulator.ZoPay;

namespace Reconciler.Simulator;

/// <summary>The simulator as a web application, for the command line and for tests that host it themselves.</summary>
public static class SimulatorApp
{
    /// <summary>Not started yet. With <c>Urls</c> of <c>http://127.0.0.1:0</c> a free port is taken; <c>app.Urls</c> tells it once started.</summary>
    /// <param name="clock">The system's clock where null.</param>
    public static WebApplication Build(SimulatorOptions options, TimeProvider? clock = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Reconciler.Simulator" });
        builder.WebHost.UseKestrelCore().UseUrls(options.Urls);
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddRouting();
        builder.Services.AddSingleton(options)
            .AddSingleton(clock ?? TimeProvider.System)
            .AddSingleton<PawaPayKeys>().AddSingleton<ConnectionBook>().AddSingleton<PayoutBook>().AddSingleton<PayoutMaker>()
            .AddSingleton<GlobalFaults>().AddSingleton<RateLimits>().AddSingleton<PollErrors>().AddSingleton<PollDesk>()
            .AddSingleton<Agenda>().AddSingleton<WebhookPlanner>().AddHostedService<WebhookSender>()
            .AddSingleton<AwdPayTokens>().AddSingleton<ZoPayNonces>().AddSingleton<ZoPayAuthentication>()
            .AddSingleton<CaurisFluxRoutes>().AddSingleton<AwdPayRoutes>().AddSingleton<ZayonoRoutes>().AddSingleton<PawaPayRoutes>()
            .AddSingleton<ZoPayRoutes>().AddSingleton<PayoutRoutes>().AddSingleton<TruthRoutes>().AddSingleton<SummaryRoutes>()
            .AddSingleton<FaultRoutes>().AddSingleton<ConnectionRoutes>();

        var app = builder.Build();
        app.UseRouting();
        var services = app.Services;
        services.GetRequiredService<CaurisFluxRoutes>().Map(app);
        services.GetRequiredService<AwdPayRoutes>().Map(app);
        services.GetRequiredService<ZayonoRoutes>().Map(app);
        services.GetRequiredService<PawaPayRoutes>().Map(app);
        services.GetRequiredService<ZoPayRoutes>().Map(app);
        services.GetRequiredService<PayoutRoutes>().Map(app);
        services.GetRequiredService<TruthRoutes>().Map(app);
        services.GetRequiredService<SummaryRoutes>().Map(app);
        services.GetRequiredService<FaultRoutes>().Map(app);
        services.GetRequiredService<ConnectionRoutes>().Map(app);
        IndexPage.Map(app);
        return app;
    }
}
