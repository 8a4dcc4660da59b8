using Reconciler.Access;
using Reconciler.Finance.Cases;
using Reconciler.Finance.Periods;
using Reconciler.Hosting;

namespace Reconciler.Finance;

/// <summary>The routes about payouts.</summary>
public static class FinanceRoutes
{
    private const string One = PayoutPaths.Root + "{connection}/{id}";

    public static IServiceCollection AddFinance(this IServiceCollection services, IConfiguration configuration) => services
        .AddCases(configuration)
        .AddSingleton<AnnouncePayout>()
        .AddSingleton<PayoutHistory>()
        .AddSingleton<ReadTurns>()
        .AddSingleton<PayoutListing>()
        .AddSingleton<KnownPayouts>()
        .AddSingleton<Summaries>()
        .AddSingleton<ClosedPeriods>()
        .AddSingleton<ClosePeriod>();

    public static IEndpointRouteBuilder MapFinance(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/payouts", RegisterPayouts.HandleAsync).RequireScope(Scope.PayoutsWrite).WithinConnections()
            .WithTags("Payouts").WithSummary("Expect a payout, or many")
            .WithDescription("201 new, 200 the same again, 409 registered with other content. With application/x-ndjson each line is one payout "
                + "and is answered by one line {line, status, id | problem}, in the same order.")
            .Accepts<AnnouncementBody>("application/json", AnnounceMany.ContentType)
            .Produces<PayoutAnswer>(StatusCodes.Status201Created).Produces<PayoutAnswer>()
            .Refuses(409, 413, 415, 422, 503);
        routes.MapGet("/v1/payouts", ListPayouts.HandleAsync).RequireScope(Scope.FinanceRead).WithinConnections()
            .WithTags("Payouts").WithSummary("List payouts")
            .WithDescription("Keyset paging: send nextCursor back as cursor. With Accept: text/csv the whole result is streamed. "
                + "With knownAt the items are what the feed had told by then, and the page names that position; they never change.")
            .Produces<PayoutPage>(StatusCodes.Status200OK, "application/json", Csv.ContentType)
            .Refuses(422, 503);
        routes.MapGet("/v1/summary", Summarise.HandleAsync).RequireScope(Scope.FinanceRead).WithinConnections()
            .WithTags("Payouts").WithSummary("Counts and sums by day, connection, status and currency")
            .WithDescription("The list's filters. Beside the sums, what is not final by age. With Accept: text/csv the sums as a table.")
            .Produces<SummaryAnswer>(StatusCodes.Status200OK, "application/json", Csv.ContentType)
            .Refuses(422, 503);
        routes.MapGet(One, GetPayout.HandleAsync).RequireScope(Scope.FinanceRead)
            .WithTags("Payouts").WithSummary("One payout")
            .WithDescription("An id's slashes may be sent raw or as %2F; an id that itself ends like a sub-resource needs %2F.")
            .Produces<PayoutAnswer>().Produces(StatusCodes.Status304NotModified)
            .Refuses(404, 422);
        routes.MapGet(One + "/events", ListPayoutEvents.HandleAsync).RequireScope(Scope.FinanceRead)
            .WithTags("Payouts").WithSummary("All that happened to a payout, as it is stored")
            .Produces<PayoutEventPage>()
            .Refuses(404, 422);
        routes.MapGet(One + "/evidence/{digest}", GetEvidence.HandleAsync).RequireScope(Scope.FinanceRead)
            .WithTags("Payouts").WithSummary("Kept bytes of a delivery or an answer")
            .WithDescription("With Accept: application/octet-stream the bytes alone, as they came.")
            .Produces<EvidenceAnswer>(StatusCodes.Status200OK, "application/json", GetEvidence.Bytes)
            .Refuses(404, 410);
        routes.MapGet(One + "/why", ExplainPayout.HandleAsync).RequireScope(Scope.FinanceRead)
            .WithTags("Payouts").WithSummary("Why a payout has its status, in words and as data")
            .Produces<WhyAnswer>()
            .Refuses(404);
        routes.MapGet(One + "/dossier", WriteDossier.HandleAsync).RequireScope(Scope.FinanceRead)
            .WithTags("Payouts").WithSummary("Everything on a payout in one ZIP, for a dispute with its provider")
            .WithDescription("All kept bytes as they came, what stands beside them, the events, why, and the SHA-256 of each file.")
            .Produces<Stream>(StatusCodes.Status200OK, WriteDossier.ContentType)
            .Refuses(404);
        routes.MapPost(One + "/poll", PollPayout.HandleAsync).RequireScope(Scope.FinanceResolve)
            .WithTags("Payouts").WithSummary("Ask the provider now, within its budget")
            .WithDescription("200 with the payout as it stands after the answer; 429 with Retry-After where the budget is spent.")
            .Produces<PayoutAnswer>()
            .Refuses(404, 409, 429, 502);
        routes.MapCases();
        routes.MapPeriods();
        return routes;
    }
}
