using Reconciler.Access;
using Reconciler.Hosting;

namespace Reconciler.Finance.Periods;

/// <summary>The routes about closed periods.</summary>
internal static class PeriodRoutes
{
    private const string One = "/v1/periods/{connection}/{period}";

    internal static void MapPeriods(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(One + "/close", ClosePeriod.HandleAsync).RequireScope(Scope.FinanceApprove)
            .WithTags("Periods").WithSummary("Close a day (2026-11-03) or a month (2026-11) of a connection")
            .WithDescription("Freezes the totals of the payouts first seen in it (UTC), as they are known now. Once, and not before it is over. "
                + "Payouts go on; what moves after is listed by changes-since-close.")
            .Produces<PeriodAnswer>(StatusCodes.Status201Created)
            .Refuses(404, 409, 422, 503);
        routes.MapGet("/v1/periods", ReadPeriods.HandleAsync).RequireScope(Scope.FinanceRead).WithinConnections()
            .WithTags("Periods").WithSummary("Closed periods, newest first")
            .Produces<PeriodPage>()
            .Refuses(422);
        routes.MapGet(One, ReadPeriods.OneAsync).RequireScope(Scope.FinanceRead)
            .WithTags("Periods").WithSummary("The frozen totals of a closed period")
            .Produces<PeriodAnswer>()
            .Refuses(404);
        routes.MapGet(One + "/changes-since-close", ChangesSinceClose.HandleAsync).RequireScope(Scope.FinanceRead)
            .WithTags("Periods").WithSummary("What moved in a period after it was closed, and why")
            .Produces<ChangesSinceClosePage>()
            .Refuses(404, 422, 503);
    }
}
