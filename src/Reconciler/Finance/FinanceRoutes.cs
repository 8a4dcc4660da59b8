using Reconciler.Hosting;

namespace Reconciler.Finance;

/// <summary>The routes about payouts.</summary>
public static class FinanceRoutes
{
    private const string One = PayoutPaths.Root + "{connection}/{id}";

    public static IServiceCollection AddFinance(this IServiceCollection services) => services
        .AddSingleton<AnnouncePayout>()
        .AddSingleton<PayoutHistory>();

    public static IEndpointRouteBuilder MapFinance(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/payouts", RegisterPayouts.HandleAsync).RequireScope(Scope.PayoutsWrite)
            .WithTags("Payouts").WithSummary("Expect a payout, or many")
            .WithDescription("201 new, 200 the same again, 409 registered with other content. With application/x-ndjson each line is one payout and is answered by one line {line, status, id | problem}, in the same order.")
            .Accepts<AnnouncementBody>("application/json", AnnounceMany.ContentType)
            .Produces<PayoutAnswer>(StatusCodes.Status201Created).Produces<PayoutAnswer>()
            .Refuses(409, 413, 415, 422, 503);
        routes.MapGet("/v1/payouts", ListPayouts.HandleAsync).RequireScope(Scope.FinanceRead)
            .WithTags("Payouts").WithSummary("List payouts")
            .WithDescription("Keyset paging: send nextCursor back as cursor. With Accept: text/csv the whole result is streamed.")
            .Produces<PayoutPage>(StatusCodes.Status200OK, "application/json", PayoutCsv.ContentType)
            .Refuses(422);
        routes.MapGet(One, GetPayout.HandleAsync).RequireScope(Scope.FinanceRead)
            .WithTags("Payouts").WithSummary("One payout")
            .WithDescription("An id's slashes may be sent raw or as %2F; an id that itself ends like a sub-resource needs %2F.")
            .Produces<PayoutAnswer>().Produces(StatusCodes.Status304NotModified)
            .Refuses(404, 422);
        return routes;
    }
}
