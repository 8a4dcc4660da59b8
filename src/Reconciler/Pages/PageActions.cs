using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Reconciler.Access;
using Reconciler.Appending;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Finance;
using Reconciler.Finance.Cases;
using Reconciler.Finance.Periods;
using Reconciler.Hosting;
using Reconciler.Pages.AccessPages;
using Reconciler.Pages.Errors;
using Reconciler.Pages.Payouts;
using Reconciler.Pages.Reading;
using Reconciler.Personal;
using Reconciler.Polling;

namespace Reconciler.Pages;

/// <summary>What people do by the forms of the pages. Each does one thing, and leads back to where it can be seen.</summary>
internal static class PageActions
{
    internal static void MapPageActions(this IEndpointRouteBuilder routes)
    {
        Map("/cases/{id:guid}/{act}", CaseAsync, Scope.FinanceResolve);
        Map("/payouts/{connection}/{id}/poll", PollAsync, Scope.FinanceResolve);
        Map("/payouts/{connection}/{id}/erase", EraseAsync, Scope.Admin);
        Map("/periods/{connection}/{period}/close", PeriodAsync, Scope.FinanceApprove);
        Map("/views/{page}", ViewAsync, Scope.FinanceRead);

        void Map(string pattern, Delegate handler, string scope) =>
            routes.MapPost(pattern, handler).RequireScope(scope).RequireForm().ExcludeFromDescription();
    }

    private static async Task<IResult> CaseAsync(
        Guid id, string act, HttpContext context, TendCase tend, ResolveCase resolve, CancellationToken cancellation)
    {
        var actor = context.Actor();
        var form = context.Request.Form;
        var (note, back) = (form["note"].ToString(), Addresses.OfCase(id));
        _ = int.TryParse(form["proposal"], NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        try
        {
            var result = act switch
            {
                "taken" => await tend.AssignAsync(id, actor.PersonReference, actor, cancellation),
                "released" => await tend.AssignAsync(id, null, actor, cancellation),
                "noted" => await tend.NoteAsync(id, note, actor, cancellation),
                "proposed" when EnumWords<ProposedOutcome>.TryParse(form["outcome"], out var outcome) =>
                    await resolve.ProposeAsync(id, outcome, note, actor, cancellation),
                "approved" => await resolve.ApproveAsync(id, number, note, actor, cancellation),
                "rejected" => await resolve.RejectAsync(id, number, note, actor, cancellation),
                _ => Problem.Invalid("outcome", "Say what became of the payout."),
            };
            return result.Problem is { } problem ? Refused(problem, back) : Results.LocalRedirect($"{back}?done={act}");
        }
        catch (AppendUnavailable)
        {
            return Refused(Problem.Unavailable("It could not be made permanent now. Look whether it happened, and try again.", AppendUnavailable.RetryAfterSeconds), back);
        }
    }

    private static async Task<IResult> PollAsync(
        string connection, string id, HttpContext context, ConnectionRegistry connections, PollNow poll, CancellationToken cancellation)
    {
        if (PayoutPaths.IdOf(connection, id) is not { } payout || !context.Actor().Connections.Allow(payout.Connection)) return Results.NotFound();
        var outcome = connections.Find(connection) is { IsPaused: false } open ? PollNotice.Word(await poll.AskAsync(open, payout, cancellation)) : PollNotice.NoConnection;
        return Results.LocalRedirect($"{Addresses.Of(payout)}?asked={outcome}");
    }

    private static async Task<IResult> EraseAsync(
        string connection, string id, HttpContext context, ErasePayout erase, CancellationToken cancellation)
    {
        if (PayoutPaths.IdOf(connection, id) is not { } payout || !context.Actor().Connections.Allow(payout.Connection)) return Results.NotFound();
        var (form, back) = (context.Request.Form, Addresses.Of(payout));
        var why = form["why"].ToString();
        if (CaseText.Refusal("why", why) is { } unfit) return Refused(unfit, back);
        if (form["confirm"].ToString().Trim() != payout.ProviderPayoutId) return Refused(Problem.Invalid("confirm", "It is not the payout's id."), back);
        return await erase.EraseAsync(payout, why, form["force"] == "yes", context.Actor(), cancellation) switch
        {
            Erasure.NotSettled open => Refused(EraseRoute.Refusal(payout, open), back),
            Erasure.Unknown => Results.NotFound(),
            _ => Results.LocalRedirect(back),
        };
    }

    private static async Task<IResult> PeriodAsync(
        string connection, string period, HttpContext context, ClosePeriod close, CancellationToken cancellation)
    {
        var back = Addresses.OfPeriod(Uri.EscapeDataString(connection), Uri.EscapeDataString(period));
        var (closed, problem) = await close.CloseAsync(connection, period, context.Actor(), cancellation);
        return closed is null ? Refused(problem!, back) : Results.LocalRedirect($"{back}?done=closed");
    }

    private static async Task<IResult> ViewAsync(string page, HttpContext context, SavedViews views, CancellationToken cancellation)
    {
        if (page is not ("payouts" or "cases")) return Results.NotFound();
        var (form, owner) = (context.Request.Form, context.Actor().Reference);
        var back = form["query"].ToString() is { Length: > 0 } query ? $"/{page}?{query}" : $"/{page}";
        if (form["forget"].ToString() is { Length: > 0 } forgotten) await views.ForgetAsync(owner, page, forgotten, cancellation);
        else if (SavedViews.NamesSomebody(form["query"].ToString()))
            return Refused(Problem.Invalid("query", "A view of what one person was paid is not kept: take the recipient out of it."), back);
        else if (!await views.SaveAsync(owner, page, form["view"].ToString().Trim(), form["query"].ToString(), cancellation))
            return Refused(Problem.Invalid("view", $"A name has 1 to {SavedViews.NameCharactersMax} characters, and there is room for {SavedViews.PerOwnerMax}."), back);
        return Results.LocalRedirect(Addresses.Ours(back));
    }

    private static RazorComponentResult<RefusedPage> Refused(Problem problem, string back) => new(new Dictionary<string, object?>
    {
        [nameof(RefusedPage.Title)] = problem.Kind.Title,
        [nameof(RefusedPage.Detail)] = problem.Body.Detail ?? "",
        [nameof(RefusedPage.Back)] = Addresses.Ours(back),
    })
    {
        StatusCode = problem.Kind.Status,
    };
}
