using Reconciler.Hosting;
using Reconciler.Ledger;
using Reconciler.Pages.AccessPages;
using Reconciler.Pages.Assets;
using Reconciler.Pages.ConnectionPages;
using Reconciler.Pages.Payouts;
using Reconciler.Pages.Reading;

namespace Reconciler.Pages;

/// <summary>The finance team's pages: rendered on the server, one answer a request, no state between them.</summary>
internal static class PageRoutes
{
    internal static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddRazorComponents();
        services.AddScoped<Reader>();
        services.AddSingleton<SavedViews>().AddSingleton<OperateConnections>().AddSingleton<EditConnectionByForm>();
        return services;
    }

    internal static void MapPages(this WebApplication app)
    {
        app.MapAssets();
        app.MapPreferences();
        app.MapGet("/payouts.csv", ExportPayouts.Handle).RequireScope(Scope.FinanceRead).ExcludeFromDescription();
        // What the pages follow: the feed, for whoever may read what it tells of.
        app.MapGet("/news", StreamChanges.Handle).RequireScope(Scope.FinanceRead).ExcludeFromDescription();
        app.MapPageActions();
        OperateConnections.Map(app);
        EditConnectionByForm.Map(app);
        app.MapAccessPages();
        app.MapRazorComponents<App>().RequireScope(Scope.FinanceRead);
    }
}
