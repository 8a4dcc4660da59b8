using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Reconciler.Access;
using Reconciler.Core;
using Reconciler.Finance.Cases;
using Reconciler.Hosting;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Finance.Cases;

public sealed class Doing_the_same_to_many_cases(PostgresFixture postgres)
{
    [Fact]
    public async Task Over_HTTP_tells_first_what_would_become_of_each()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        Guid[] ids = [await desk.ContradictedAsync("p-1"), await desk.ContradictedAsync("p-2"), Guid.Empty];
        await desk.ProposeAsync(ids[0], ProposedOutcome.Failed);

        var preview = await desk.Http.PostAsJsonAsync("/v1/discrepancies/bulk", new { action = "approve", ids, preview = true });
        var token = (string)(await preview.Content.ReadFromJsonAsync<JsonNode>())!["token"]!;
        (await desk.StatusAsync("p-1")).ShouldBe(PayoutStatus.Succeeded);
        await Golden.ShouldMatchAsync(await desk.Http.PostAsJsonAsync("/v1/discrepancies/bulk", new { action = "approve", ids, token }), "bulk-approved");

        (await desk.StatusAsync("p-1")).ShouldBe(PayoutStatus.Failed);
        (await desk.StatusAsync("p-2")).ShouldBe(PayoutStatus.Succeeded);
        await Golden.ShouldMatchAsync(await desk.Http.PostAsJsonAsync("/v1/discrepancies/bulk", new { action = "reject", note = "No.", ids, token }), "bulk-other-token");
    }

    [Fact]
    public async Task Leaves_alone_what_changed_since_the_preview()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        Guid[] ids = [await desk.ContradictedAsync("p-1"), await desk.ContradictedAsync("p-2"), await desk.ContradictedAsync("p-3")];
        foreach (var id in ids) await desk.ProposeAsync(id, ProposedOutcome.Failed);
        var preview = await PreviewAsync(desk, Body(BulkAction.Approve, ids), Desk.Grace);
        preview.Items.ShouldAllBe(item => item.Outcome == BulkOutcome.WouldBeDone);
        desk.Clock.Now += TimeSpan.FromMinutes(1);
        await desk.HearAsync("p-2", ObservedStatus.Processing);
        await desk.RejectAsync(ids[2], 1);

        var done = await DoAsync(desk, Body(BulkAction.Approve, ids), preview.Token!, Desk.Grace);

        done.Items.Select(item => item.Outcome).ShouldBe([BulkOutcome.Done, BulkOutcome.Changed, BulkOutcome.Changed]);
        (await desk.StatusAsync("p-1")).ShouldBe(PayoutStatus.Failed);
        (await desk.StatusAsync("p-2")).ShouldBe(PayoutStatus.Succeeded);
    }

    [Fact]
    public async Task Keeps_every_rule_for_each_case()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        Guid[] ids = [await desk.ContradictedAsync("p-1"), await desk.ContradictedAsync("p-2")];
        await desk.ProposeAsync(ids[0], ProposedOutcome.Failed, Desk.Grace);

        (await PreviewAsync(desk, Body(BulkAction.Approve, ids), Desk.Grace)).Items.Select(item => item.Problem!.Type)
            .ShouldBe([ProblemKind.SamePerson.Type, ProblemKind.ProposalDecided.Type]);
        (await PreviewAsync(desk, Body(BulkAction.Propose, ids) with { Outcome = ProposedOutcome.Dismiss }, Desk.Ada)).Items.Select(item => item.Outcome)
            .ShouldBe([BulkOutcome.Refused, BulkOutcome.WouldBeDone]);
        var mine = await PreviewAsync(desk, Body(BulkAction.Note, ids), Desk.Ada);
        Refused(await Bulk(desk).HandleAsync(Body(BulkAction.Note, ids) with { Preview = null, Token = mine.Token }, Desk.Grace, default), ProblemKind.PreviewMismatch);
        Refused(await Bulk(desk).HandleAsync(Body(BulkAction.Approve, ids) with { Preview = true }, Desk.Person(ActorKind.User, "x", "X", Scope.FinanceResolve), default), ProblemKind.ScopeMissing);
        var elsewhere = Desk.Grace with { Connections = AllowedConnections.Of([ConnectionKey.Parse("pawapay-test")]) };
        (await PreviewAsync(desk, Body(BulkAction.Note, ids), elsewhere)).Items.ShouldAllBe(item => item.Problem!.Type == ProblemKind.DiscrepancyUnknown.Type);
    }

    [Fact]
    public async Task Assigns_notes_proposes_rejects_and_lets_go()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        Guid[] ids = [await desk.ContradictedAsync("p-1"), await desk.ContradictedAsync("p-2")];

        await AllDoneAsync(Body(BulkAction.Assign, ids) with { Owner = "me", Note = null }, Desk.Ada);
        await AllDoneAsync(Body(BulkAction.Note, ids), Desk.Ada);
        await AllDoneAsync(Body(BulkAction.Propose, ids) with { Outcome = ProposedOutcome.Failed }, Desk.Ada);
        await AllDoneAsync(Body(BulkAction.Reject, ids), Desk.Grace);
        await AllDoneAsync(Body(BulkAction.Unassign, ids) with { Note = null }, Desk.Grace);

        foreach (var id in ids)
            (await desk.ReadAsync(id)).History.Select(step => step.Kind).ShouldBe(
                [CaseStepKind.Opened, CaseStepKind.Assigned, CaseStepKind.Noted, CaseStepKind.Unassigned, CaseStepKind.Proposed, CaseStepKind.Rejected]);

        async Task AllDoneAsync(BulkBody body, Actor actor)
        {
            var preview = await PreviewAsync(desk, body, actor);
            (await DoAsync(desk, body, preview.Token!, actor)).Items.ShouldAllBe(item => item.Outcome == BulkOutcome.Done);
        }
    }

    [Fact]
    public async Task What_is_asked_badly_is_refused_as_a_whole()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        Guid[] one = [Guid.CreateVersion7()];
        foreach (var body in (BulkBody[])
        [
            Body(BulkAction.Note, []), Body(BulkAction.Note, [.. one, .. one]), Body(BulkAction.Note, [.. Enumerable.Range(0, 201).Select(_ => Guid.CreateVersion7())]),
            Body(BulkAction.Note, one) with { Note = null }, Body(BulkAction.Propose, one), Body(BulkAction.Assign, one), Body(BulkAction.Note, one) with { Outcome = ProposedOutcome.Failed },
            Body(BulkAction.Note, one) with { Owner = "me" }, Body(BulkAction.Note, one) with { Preview = null }, Body(BulkAction.Note, one) with { Token = "x" },
            Body(BulkAction.Note, one) with { Action = null }, Body(BulkAction.Note, one) with { Ids = null },
        ])
            Refused(await Bulk(desk).HandleAsync(body, Desk.Ada, default), ProblemKind.Invalid);
        Refused(await Bulk(desk).HandleAsync(Body(BulkAction.Note, one) with { Preview = null, Token = "§" }, Desk.Ada, default), ProblemKind.PreviewMismatch);
    }

    private static BulkCases Bulk(Desk desk) => desk.Service.Services.GetRequiredService<BulkCases>();

    private static BulkBody Body(BulkAction action, Guid[] ids) => new(action, [.. ids], null, null, "Month's end.", true, null);

    private static async Task<BulkAnswer> PreviewAsync(Desk desk, BulkBody body, Actor actor) =>
        (await Bulk(desk).HandleAsync(body with { Preview = true }, actor, default)).Answer.ShouldNotBeNull();

    private static async Task<BulkAnswer> DoAsync(Desk desk, BulkBody body, string token, Actor actor) =>
        (await Bulk(desk).HandleAsync(body with { Preview = null, Token = token }, actor, default)).Answer.ShouldNotBeNull();

    private static void Refused((BulkAnswer? Answer, Problem? Problem) result, ProblemKind kind) => result.Problem.ShouldNotBeNull().Kind.ShouldBe(kind);
}
