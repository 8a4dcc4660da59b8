using Microsoft.AspNetCore.Server.Kestrel.Core;
using Reconciler.Access;
using Reconciler.Access.Limits;
using Reconciler.Access.Sessions;
using Reconciler.Core;
using Reconciler.Finance;
using Reconciler.Pages.Errors;

namespace Reconciler.Hosting;

/// <summary>What stands around every route: problem details, keys, and the order in which they act.</summary>
public static class HttpPipeline
{
    public static IServiceCollection AddHttp(this IServiceCollection services)
    {
        services.AddExceptionHandler<FaultHandler>();
        services.ConfigureHttpJsonOptions(options => JsonShapes.Configure(options.SerializerOptions));
        services.AddOptions<KestrelServerOptions>().Configure<IConfiguration>((kestrel, configuration) => Edges.Set(kestrel, Edges.Of(configuration)));
        services.AddAccess();
        return services;
    }

    /// <summary>Before any route is mapped. Asks for the keys at once, so that a missing or bad admin key is told at start.</summary>
    public static WebApplication UseHttp(this WebApplication app)
    {
        app.Services.GetRequiredService<AdminKey>();
        app.UseKnownProxies();
        app.UseExceptionHandler(new ExceptionHandlerOptions { SuppressDiagnosticsCallback = _ => true, ExceptionHandler = Unhandled });
        app.UsePayoutPaths();
        // Deliveries leave the pipeline here: at their rate, what stands below would be a cost, and it is of no use to any provider.
        app.UseRouting();
        app.Use(SecurityHeaders.SetAsync);
        app.UseStatusCodePages(bare => Answer(bare.HttpContext).ExecuteAsync(bare.HttpContext));
        app.UseAuthentication();
        app.UseAuthorization();
        app.Use(app.Services.GetRequiredService<RequestLimits>().KeepAsync);
        app.Use(ConnectionGate.KeepAsync);
        app.Use(SessionForms.KeepAsync);
        app.UseAntiforgery();
        return app;
    }

    private static IResult Answer(HttpContext bare) => ErrorPages.Wants(bare.Request)
        ? ErrorPages.Of(ProblemKind.OfStatus(bare.Response.StatusCode))
        : new Problem(ProblemKind.OfStatus(bare.Response.StatusCode), detail: null);

    // FaultHandler answers every fault; this is what the framework wants to hear should that one fail itself.
    private static Task Unhandled(HttpContext context) => Task.CompletedTask;
}
