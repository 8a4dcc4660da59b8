using Reconciler.Access;
using Reconciler.Appending;
using Reconciler.Core;
using Reconciler.Finance.Cases;
using Reconciler.Hosting;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Finance.Cases;

public sealed class Deciding_on_a_case(PostgresFixture postgres)
{
    [Fact]
    public async Task Moves_the_status_settles_the_cases_and_tells_the_ledger()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        var id = await desk.ContradictedAsync("p-1");
        (await desk.StatusAsync("p-1")).ShouldBe(PayoutStatus.Succeeded);
        var number = await desk.ProposeAsync(id, ProposedOutcome.Failed);
        (await desk.FindAsync(id)).State.ShouldBe(CaseState.Proposed);
        desk.Clock.Now += TimeSpan.FromHours(1);

        var approved = await desk.ApproveAsync(id, number);

        approved.Problem.ShouldBeNull();
        approved.Case.ShouldNotBeNull().ShouldSatisfyAllConditions(
            after => after.State.ShouldBe(CaseState.Resolved),
            after => after.Status.ShouldBe(PayoutStatus.Failed),
            after => after.Proposal.ShouldBeNull(),
            after => after.ClosedBecause.ShouldBe("Two people resolved it."));
        approved.Proposal.ShouldNotBeNull().ShouldSatisfyAllConditions(
            made => made.State.ShouldBe(ProposalState.Approved),
            made => made.ProposedBy.ShouldBe(new Person("user:ada", "Ada")),
            made => made.DecidedBy.ShouldBe(new Person("user:grace", "Grace")),
            made => made.DecidedAt.ShouldBe(desk.Clock.Now));
        (await ColumnAsync<string>(desk, "select string_agg(kind || coalesce(':' || (body->>'to'), ''), ' ' order by position) from (select * from reconciler.changes order by position desc limit 2) as last"))
            .ShouldBe("payout.status_changed:failed payout.discrepancy_closed");
        (await ColumnAsync<string>(desk, "select confidence || ' ' || rule || ' ' || cardinality(open_discrepancies) from reconciler.payouts")).ShouldBe("resolved resolution 0");
    }

    [Fact]
    public async Task Takes_two_people_whether_they_come_with_a_key_or_by_name()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        var id = await desk.ContradictedAsync("p-1");

        Refused(await desk.ApproveAsync(id, await desk.ProposeAsync(id, ProposedOutcome.Failed), Desk.Ada), ProblemKind.SamePerson);
        Refused(await desk.RejectAsync(id, 1, Desk.Ada), ProblemKind.SamePerson);
        // What somebody is called does not make them another, nor does what else they may do.
        Refused(await desk.ApproveAsync(id, 1, Desk.Person(ActorKind.User, "ada", "Grace", Scope.FinanceApprove)), ProblemKind.SamePerson);
        // A key is not the person whose id it happens to have.
        (await desk.ApproveAsync(id, 1, Desk.Robot)).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task Is_refused_once_something_new_was_said()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        var id = await desk.ContradictedAsync("p-1");
        var number = await desk.ProposeAsync(id, ProposedOutcome.Failed);
        desk.Clock.Now += TimeSpan.FromMinutes(1);
        await desk.HearAsync("p-1", ObservedStatus.Processing);

        Refused(await desk.ApproveAsync(id, number), ProblemKind.ProposalStale);
        Refused(await desk.RejectAsync(id, number), ProblemKind.ProposalStale);
        (await desk.ReadAsync(id)).ShouldSatisfyAllConditions(
            found => found.State.ShouldBe(CaseState.Open),
            found => found.Proposals.Single().State.ShouldBe(ProposalState.Stale),
            found => found.Proposals.Single().StaleSince.ShouldBe(desk.Clock.Now),
            found => found.Choices.Decide.ShouldBeNull(),
            found => found.Choices.Outcomes.ShouldNotBeEmpty());
        (await desk.StatusAsync("p-1")).ShouldBe(PayoutStatus.Succeeded);

        (await desk.ApproveAsync(id, await desk.ProposeAsync(id, ProposedOutcome.Failed, Desk.Grace), Desk.Ada)).Problem.ShouldBeNull();
        (await desk.ReadAsync(id)).Proposals.Select(made => made.State).ShouldBe([ProposalState.Superseded, ProposalState.Approved]);
    }

    [Fact]
    public async Task Is_not_held_up_by_our_own_asking_when_the_answer_is_the_same_again()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        var id = await desk.ContradictedAsync("p-1");
        var number = await desk.ProposeAsync(id, ProposedOutcome.Failed);
        desk.Clock.Now += TimeSpan.FromMinutes(1);
        await desk.AnswerAsync("p-1", ObservedStatus.Succeeded);

        (await desk.ApproveAsync(id, number)).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task Is_refused_after_the_proposals_end_which_is_a_setting()
    {
        await using var desk = await Desk.OpenAsync(postgres, new Dictionary<string, string?> { ["Reconciler:Cases:ProposalsLast"] = "2h" });
        var id = await desk.ContradictedAsync("p-1");
        var number = await desk.ProposeAsync(id, ProposedOutcome.Failed);
        (await desk.ReadAsync(id)).Proposal!.ExpiresAt.ShouldBe(desk.Clock.Now.AddHours(2));
        desk.Clock.Now += TimeSpan.FromHours(2);

        Refused(await desk.ApproveAsync(id, number), ProblemKind.ProposalExpired);
        (await desk.FindAsync(id)).State.ShouldBe(CaseState.Open);
        (await desk.ReadAsync(id)).Proposals.Single().State.ShouldBe(ProposalState.Expired);
    }

    [Fact]
    public async Task Is_refused_where_it_was_decided_replaced_or_became_moot()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        var id = await desk.ContradictedAsync("p-1");
        await desk.ProposeAsync(id, ProposedOutcome.Failed);
        await desk.ProposeAsync(id, ProposedOutcome.Cancelled);
        Refused(await desk.ApproveAsync(id, 1), ProblemKind.ProposalDecided).ShouldContain("newer proposal");
        (await desk.RejectAsync(id, 2)).Proposal!.DecisionNote.ShouldBe("Not what I see.");
        Refused(await desk.ApproveAsync(id, 2), ProblemKind.ProposalDecided).ShouldStartWith("Grace rejected it");
        (await desk.FindAsync(id)).State.ShouldBe(CaseState.Open);
        await desk.ProposeAsync(id, ProposedOutcome.Failed);
        (await desk.ApproveAsync(id, 3)).Problem.ShouldBeNull();
        Refused(await desk.ApproveAsync(id, 3), ProblemKind.ProposalDecided).ShouldStartWith("Grace approved it");
        Refused(await desk.ApproveAsync(id, 4), ProblemKind.ProposalUnknown);
        Refused(await desk.Resolve.ProposeAsync(id, ProposedOutcome.Failed, "Again.", Desk.Ada, default), ProblemKind.CaseClosed);
        (await ColumnAsync<long>(desk, "select count(*) from reconciler.mt_events where type = 'resolution_approved'")).ShouldBe(1);
    }

    [Fact]
    public async Task Is_moot_when_the_case_closes_by_itself_which_says_why()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        await desk.HearAsync("p-1", ObservedStatus.Succeeded);
        var id = await desk.CaseAsync("p-1", DiscrepancyKind.UnexpectedPayout);
        var number = await desk.ProposeAsync(id, ProposedOutcome.Dismiss);
        desk.Clock.Now += TimeSpan.FromMinutes(1);

        await desk.AnnounceAsync("p-1");

        (await desk.FindAsync(id)).ShouldSatisfyAllConditions(
            found => found.State.ShouldBe(CaseState.Closed), found => found.ClosedBecause.ShouldBe("It was registered, and agrees."));
        (await desk.ReadAsync(id)).Proposals.Single().ShouldSatisfyAllConditions(
            made => made.State.ShouldBe(ProposalState.Moot), made => made.DecisionNote.ShouldBe("It was registered, and agrees."));
        Refused(await desk.ApproveAsync(id, number), ProblemKind.ProposalDecided).ShouldContain("The case closed at");
    }

    [Fact]
    public async Task Another_persons_proposal_is_decided_on_not_replaced()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        var id = await desk.ContradictedAsync("p-1");
        await desk.ProposeAsync(id, ProposedOutcome.Failed);

        Refused(await desk.Resolve.ProposeAsync(id, ProposedOutcome.Succeeded, "No, this.", Desk.Grace, default), ProblemKind.ProposalPending)
            .ShouldContain("Proposal 1 of Ada");
    }

    [Fact]
    public async Task An_outcome_settles_all_that_people_had_before_them_and_moots_what_else_was_proposed()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        await desk.AnnounceAsync("p-1", amount: 4000);
        await desk.HearAsync("p-1", ObservedStatus.Failed);
        await desk.AnswerAsync("p-1", ObservedStatus.Succeeded);
        var (contradiction, mismatch) = (await desk.CaseAsync("p-1", DiscrepancyKind.Contradiction), await desk.CaseAsync("p-1", DiscrepancyKind.AmountMismatch));
        await desk.ProposeAsync(mismatch, ProposedOutcome.Dismiss);

        (await desk.ApproveAsync(contradiction, await desk.ProposeAsync(contradiction, ProposedOutcome.Succeeded))).Problem.ShouldBeNull();

        (await desk.CasesAsync("p-1")).ShouldAllBe(found => found.State == CaseState.Resolved);
        (await desk.ReadAsync(mismatch)).Proposals.Single().State.ShouldBe(ProposalState.Moot);
    }

    [Fact]
    public async Task A_disagreement_can_be_accepted_which_moves_no_status_and_holds_until_something_new()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        await desk.AnnounceAsync("p-1", amount: 4000);
        await desk.HearAsync("p-1", ObservedStatus.Processing);
        var id = await desk.CaseAsync("p-1", DiscrepancyKind.AmountMismatch);
        var changes = await ColumnAsync<long>(desk, "select count(*) from reconciler.changes");

        (await desk.ApproveAsync(id, await desk.ProposeAsync(id, ProposedOutcome.Dismiss))).Case!.ShouldSatisfyAllConditions(
            found => found.State.ShouldBe(CaseState.Resolved), found => found.ClosedBecause.ShouldBe("Two people accepted it as it is."));

        (await ColumnAsync<string>(desk, "select status || ' ' || confidence || ' ' || rule from reconciler.payouts")).ShouldBe("processing reported not_final");
        (await ColumnAsync<long>(desk, "select count(*) from reconciler.changes")).ShouldBe(changes + 1);
        (await ColumnAsync<bool>(desk, "select next_poll_at is not null from reconciler.payouts")).ShouldBeTrue("the provider is still asked");
        // The same amount again is what they accepted.
        desk.Clock.Now += TimeSpan.FromMinutes(1);
        await desk.HearAsync("p-1", ObservedStatus.Succeeded);
        (await desk.CasesAsync("p-1")).ShouldAllBe(found => !found.Open);
        (await desk.StatusAsync("p-1")).ShouldBe(PayoutStatus.Succeeded);
    }

    [Fact]
    public async Task An_overdue_payout_needs_an_outcome()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        await desk.AnnounceAsync("p-1");
        await desk.Service.AppendAsync(new NoteOverdue(PayoutId.Parse("zopay-test/p-1"), Provider.Zopay, desk.Clock.Now, PollingPolicy.Default));
        var id = await desk.CaseAsync("p-1", DiscrepancyKind.Overdue);

        Refused(await desk.Resolve.ProposeAsync(id, ProposedOutcome.Dismiss, "Leave it.", Desk.Ada, default), ProblemKind.Invalid);
        (await desk.ReadAsync(id, Desk.Ada)).Choices.Outcomes.ShouldNotContain(ProposedOutcome.Dismiss);
        (await desk.ApproveAsync(id, await desk.ProposeAsync(id, ProposedOutcome.Expired))).Case!.Status.ShouldBe(PayoutStatus.Expired);
        (await ColumnAsync<bool>(desk, "select next_poll_at is null from reconciler.payouts")).ShouldBeTrue("nobody asks any more");
    }

    [Fact]
    public async Task What_people_decided_holds_over_a_later_final_which_opens_a_case_that_they_can_decide_again()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        var id = await desk.ContradictedAsync("p-1");
        (await desk.ApproveAsync(id, await desk.ProposeAsync(id, ProposedOutcome.Failed))).Problem.ShouldBeNull();
        // Heard before the two decided, and appended after: they did not know it, whatever its time says.
        desk.Clock.Now -= TimeSpan.FromMinutes(30);
        await desk.HearAsync("p-1", ObservedStatus.Succeeded);

        (await desk.StatusAsync("p-1")).ShouldBe(PayoutStatus.Failed);
        var again = await desk.CaseAsync("p-1", DiscrepancyKind.Contradiction);
        again.ShouldNotBe(id);
        // The clock of whoever approves now is behind: what they decide is later all the same.
        (await desk.ApproveAsync(again, await desk.ProposeAsync(again, ProposedOutcome.Succeeded))).Case!.Status.ShouldBe(PayoutStatus.Succeeded);
        (await desk.CasesAsync("p-1")).ShouldAllBe(found => !found.Open);
    }

    [Fact]
    public async Task Needs_the_scope_and_the_connection()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        var id = await desk.ContradictedAsync("p-1");
        var number = await desk.ProposeAsync(id, ProposedOutcome.Failed);
        var reader = Desk.Person(ActorKind.User, "reader", "Reader", Scope.FinanceRead);
        var elsewhere = Desk.Grace with { Connections = AllowedConnections.Of([ConnectionKey.Parse("pawapay-test")]) };

        Refused(await desk.Resolve.ProposeAsync(id, ProposedOutcome.Failed, "Note.", reader, default), ProblemKind.ScopeMissing);
        Refused(await desk.ApproveAsync(id, number, reader), ProblemKind.ScopeMissing);
        Refused(await desk.Tend.NoteAsync(id, "Note.", reader, default), ProblemKind.ScopeMissing);
        Refused(await desk.ApproveAsync(id, number, elsewhere), ProblemKind.DiscrepancyUnknown);
        Refused(await desk.Tend.AssignAsync(id, null, elsewhere, default), ProblemKind.DiscrepancyUnknown);
    }

    private static string Refused(CaseResult result, ProblemKind kind)
    {
        result.Problem.ShouldNotBeNull().Kind.ShouldBe(kind);
        return result.Problem!.Body.Detail!;
    }

    private static async Task<T> ColumnAsync<T>(Desk desk, string sql)
    {
        await using var command = desk.Service.Database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
