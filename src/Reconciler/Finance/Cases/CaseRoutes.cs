using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Reconciler.Access;
using Reconciler.Hosting;

namespace Reconciler.Finance.Cases;

/// <summary>The routes about cases.</summary>
internal static class CaseRoutes
{
    private const string All = "/v1/discrepancies";
    private const string One = All + "/{id}";

    private const string FourEyes = """
        The approver is another person than the proposer. Refused with 409, each by its own type: same-person, proposal-stale (something new was
        said since), proposal-expired, proposal-decided (approved, rejected, superseded or moot already).
        """;

    internal static IServiceCollection AddCases(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(CaseSettings.Of(configuration))
        .AddSingleton<ListCases>()
        .AddSingleton<ReadCase>()
        .AddSingleton<ResolveCase>()
        .AddSingleton<TendCase>()
        .AddSingleton<BulkCases>()
        .AddSingleton<WriteDossier>();

    internal static void MapCases(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListCases.HandleAsync).RequireScope(Scope.FinanceRead).WithinConnections()
            .WithTags("Discrepancies").WithSummary("List cases, by when they are due")
            .WithDescription("Keyset paging: send nextCursor back as cursor.")
            .Produces<CasePage>()
            .Refuses(422);
        routes.MapPost(All + "/bulk", BulkCases.RouteAsync).RequireScope(Scope.FinanceResolve).WithinConnections().Small()
            .WithTags("Discrepancies").WithSummary("Do the same to many cases, after a preview")
            .WithDescription("With preview: true, what would become of each, and a token; the same with the token does exactly that. To approve or "
                + "reject needs the scope finance:approve. Each case has its own result.")
            .Accepts<BulkBody>("application/json").Produces<BulkAnswer>()
            .Refuses(409, 413, 415, 422, 503);
        routes.MapGet(One, ReadCase.HandleAsync).RequireScope(Scope.FinanceRead).WithinConnections()
            .WithTags("Discrepancies").WithSummary("One case, with its evidence, proposals, notes and history")
            .Produces<CaseDetails>()
            .Refuses(404);
        routes.MapPut(One + "/owner", AssignAsync).RequireScope(Scope.FinanceResolve).WithinConnections().Small()
            .WithTags("Discrepancies").WithSummary("Give a case to somebody, or take it")
            .Accepts<OwnerBody>("application/json").Produces<CaseAnswer>()
            .Refuses(404, 409, 413, 415, 422);
        routes.MapDelete(One + "/owner", UnassignAsync).RequireScope(Scope.FinanceResolve).WithinConnections()
            .WithTags("Discrepancies").WithSummary("Let go of a case")
            .Produces<CaseAnswer>()
            .Refuses(404, 409);
        routes.MapPost(One + "/notes", NoteAsync).RequireScope(Scope.FinanceResolve).WithinConnections().Small()
            .WithTags("Discrepancies").WithSummary("Note something on a case, for ever")
            .Accepts<NoteBody>("application/json").Produces<CaseAnswer>(StatusCodes.Status201Created)
            .Refuses(404, 413, 415, 422);
        routes.MapPost(One + "/proposals", ProposeAsync).RequireScope(Scope.FinanceResolve).WithinConnections().Small()
            .WithTags("Discrepancies").WithSummary("Propose what became of the payout, or that the disagreement be accepted")
            .WithDescription("Your own proposal that waits is replaced. Another person's is not: 409 proposal-pending.")
            .Accepts<ProposalBody>("application/json").Produces<CaseAnswer>(StatusCodes.Status201Created)
            .Refuses(404, 409, 413, 415, 422, 503);
        routes.MapPost(One + "/proposals/{n}/approve", ApproveAsync).RequireScope(Scope.FinanceApprove).WithinConnections().Small()
            .WithTags("Discrepancies").WithSummary("Approve a proposal, as the second person")
            .WithDescription(FourEyes)
            .Accepts<DecisionBody>(isOptional: true, "application/json").Produces<CaseAnswer>()
            .Refuses(404, 409, 413, 415, 422, 503);
        routes.MapPost(One + "/proposals/{n}/reject", RejectAsync).RequireScope(Scope.FinanceApprove).WithinConnections().Small()
            .WithTags("Discrepancies").WithSummary("Reject a proposal, as the second person")
            .WithDescription(FourEyes)
            .Accepts<DecisionBody>("application/json").Produces<CaseAnswer>()
            .Refuses(404, 409, 413, 415, 422, 503);
    }

    internal static RouteHandlerBuilder Small(this RouteHandlerBuilder route) => route.WithMetadata(new RequestSizeLimitAttribute(CaseBody.BytesMax));

    private static Task<IResult> AssignAsync(string id, HttpContext context, TendCase tend, CancellationToken cancellation) =>
        WithBodyAsync<OwnerBody>(context, id, (wanted, body, actor) => body.Owner is { Length: > 0 } owner
            ? tend.AssignAsync(wanted, owner == "me" ? actor.PersonReference : owner, actor, cancellation)
            : Refused(Problem.Invalid("owner", "It is missing.")), cancellation);

    private static async Task<IResult> UnassignAsync(string id, HttpContext context, TendCase tend, CancellationToken cancellation) =>
        Guid.TryParse(id, out var wanted) ? Answer(await tend.AssignAsync(wanted, null, context.Actor(), cancellation)) : CaseRefusals.Unknown(id);

    private static Task<IResult> NoteAsync(string id, HttpContext context, TendCase tend, CancellationToken cancellation) =>
        WithBodyAsync<NoteBody>(
            context, id, (wanted, body, actor) => tend.NoteAsync(wanted, body.Text ?? "", actor, cancellation), cancellation, StatusCodes.Status201Created);

    private static Task<IResult> ProposeAsync(string id, HttpContext context, ResolveCase resolve, CancellationToken cancellation) =>
        WithBodyAsync<ProposalBody>(context, id, (wanted, body, actor) => body.Outcome is { } outcome
            ? resolve.ProposeAsync(wanted, outcome, body.Note ?? "", actor, cancellation)
            : Refused(Problem.Invalid("outcome", "It is missing.")), cancellation, StatusCodes.Status201Created);

    private static Task<IResult> ApproveAsync(string id, string n, HttpContext context, ResolveCase resolve, CancellationToken cancellation) =>
        context.Request.ContentLength is null or 0 && context.Request.ContentType is null
            ? WithAsync(context, id, (wanted, actor) => DecideAsync(wanted, n, number => resolve.ApproveAsync(wanted, number, null, actor, cancellation)))
            : WithBodyAsync<DecisionBody>(context, id,
                (wanted, body, actor) => DecideAsync(wanted, n, number => resolve.ApproveAsync(wanted, number, body.Note, actor, cancellation)), cancellation);

    private static Task<IResult> RejectAsync(string id, string n, HttpContext context, ResolveCase resolve, CancellationToken cancellation) =>
        WithBodyAsync<DecisionBody>(context, id,
            (wanted, body, actor) => DecideAsync(wanted, n, number => resolve.RejectAsync(wanted, number, body.Note ?? "", actor, cancellation)), cancellation);

    private static Task<CaseResult> DecideAsync(Guid id, string n, Func<int, Task<CaseResult>> decide) =>
        int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? decide(number)
            : Refused(new Problem(ProblemKind.ProposalUnknown, $"The discrepancy {id} has no such proposal."));

    private static async Task<IResult> WithBodyAsync<T>(
        HttpContext context, string id, Func<Guid, T, Actor, Task<CaseResult>> act, CancellationToken cancellation, int status = StatusCodes.Status200OK)
        where T : class
    {
        if (!Guid.TryParse(id, out var wanted)) return CaseRefusals.Unknown(id);
        var (body, problem) = await CaseBody.ReadAsync<T>(context, cancellation);
        return body is null ? problem! : Answer(await act(wanted, body, context.Actor()), status);
    }

    private static async Task<IResult> WithAsync(HttpContext context, string id, Func<Guid, Actor, Task<CaseResult>> act) =>
        Guid.TryParse(id, out var wanted) ? Answer(await act(wanted, context.Actor())) : CaseRefusals.Unknown(id);

    private static Task<CaseResult> Refused(Problem problem) => Task.FromResult<CaseResult>(problem);

    private static IResult Answer(CaseResult result, int status = StatusCodes.Status200OK) =>
        result.Problem ?? (IResult)TypedResults.Json(result.Case, statusCode: status);
}
