using Reconciler.Appending;
using Reconciler.Core;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Finance.Cases;

public sealed class Two_nodes_deciding(PostgresFixture postgres)
{
    private const int Payouts = 200;
    private static readonly DateTimeOffset Decided = Words.Noon.AddHours(1);

    [Fact]
    public async Task The_same_proposal_approved_on_both_at_the_same_instant_is_approved_once()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var one = new Node(database);
        await using var other = new Node(database);
        var proposals = await ProposedAsync(one, other);

        var answers = await Task.WhenAll(proposals.Select(async made => await Task.WhenAll(
            one.AppendAsync(Said(made.Payout, new Approve(made.Proposal, null, "user:grace", Decided))),
            other.AppendAsync(Said(made.Payout, new Approve(made.Proposal, null, "user:linus", Decided))))));

        foreach (var both in answers)
        {
            both.Count(answer => answer.Outcome == AppendOutcome.Appended).ShouldBe(1);
            both.Single(answer => answer.Outcome == AppendOutcome.Refused).Refusal.ShouldBe(ResolutionRefusal.NotPending);
        }

        (await Rows.CountAsync(database, "mt_events where type = 'resolution_approved'")).ShouldBe(Payouts);
        (await Rows.CountAsync(database, "proposals where decision = 'approved'")).ShouldBe(Payouts);
        (await Rows.CountAsync(database, "payouts where status = 'failed' and confidence = 'resolved'")).ShouldBe(Payouts);
        (await Rows.CountAsync(database, "discrepancies where closed_at is null or resolution is null")).ShouldBe(0);
        await Audit.OfAsync(database);
    }

    [Fact]
    public async Task Approving_while_another_final_comes_is_refused_or_came_first_and_then_the_final_is_a_case()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var one = new Node(database);
        await using var other = new Node(database);
        var proposals = await ProposedAsync(one, other);

        var answers = await Task.WhenAll(proposals.Select(async made =>
        {
            var approving = one.AppendAsync(Said(made.Payout, new Approve(made.Proposal, null, "user:grace", Decided)));
            // Received long before anybody approved: its time must not hide it.
            var hearing = other.AppendAsync(Words.Heard(made.Payout.ProviderPayoutId, ObservedStatus.Cancelled, secondsPastNoon: 3));
            await Task.WhenAll(approving, hearing);
            return await approving;
        }));

        foreach (var refused in answers.Where(answer => answer.Outcome != AppendOutcome.Appended)) refused.Refusal.ShouldBe(ResolutionRefusal.NewEvidence);
        var approved = answers.Count(answer => answer.Outcome == AppendOutcome.Appended);
        (await Rows.CountAsync(database, "payouts where confidence = 'resolved'")).ShouldBe(approved);
        (await Rows.CountAsync(database, "payouts where confidence = 'resolved' and open_discrepancies <> '{contradiction}'")).ShouldBe(0);
        (await Rows.CountAsync(database, """
            mt_events as approval join reconciler.mt_events as cancelled using (stream_id) where approval.type = 'resolution_approved'
            and cancelled.type = 'webhook_received' and cancelled.data -> 'observation' ->> 'status' = 'cancelled' and cancelled.version < approval.version
            """)).ShouldBe(0, "approved over something that the two had not seen");
        (await Rows.CountAsync(database, "proposals where decision is null and stale_since is not null")).ShouldBe(Payouts - approved);
        await Audit.OfAsync(database);
    }

    /// <summary>Each payout failed by webhook and succeeded by answer, and somebody proposes that it failed.</summary>
    private static async Task<(PayoutId Payout, Guid Proposal)[]> ProposedAsync(Node one, Node other) =>
        await Task.WhenAll(Enumerable.Range(0, Payouts).Select(async number =>
        {
            var node = number % 2 == 0 ? one : other;
            await node.AppendAsync(Words.Announced($"p-{number}"));
            await node.AppendAsync(Words.Heard($"p-{number}", ObservedStatus.Failed, secondsPastNoon: 1));
            var contradicted = await node.AppendAsync(Words.Answered($"p-{number}", ObservedStatus.Succeeded, secondsPastNoon: 2));
            var (payout, proposal) = (contradicted.Payout!.Id, Guid.CreateVersion7(Decided));
            var proposed = await node.AppendAsync(Said(payout, new Propose(
                proposal, contradicted.Payout.OpenCases.Single().Id, PayoutStatus.Failed, "Because.", Decided.AddDays(7), "user:ada", Decided)));
            proposed.Outcome.ShouldBe(AppendOutcome.Appended);
            return (payout, proposal);
        }));

    private static KeepWord Said(PayoutId payout, PersonsWord word) => new(payout, word, Provider.Zopay, Words.Policy);
}
