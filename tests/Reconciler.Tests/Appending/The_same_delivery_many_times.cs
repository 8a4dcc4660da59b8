using Reconciler.Appending;
using Reconciler.Core;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Appending;

public sealed class The_same_delivery_many_times(PostgresFixture postgres)
{
    private const int Times = 1000;

    [Fact]
    public async Task At_once_it_is_one_event_and_everybody_is_answered()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var node = new Node(database);

        var answers = await node.AppendAsync(Enumerable.Range(0, Times).Select(_ => Words.Heard("p-1", ObservedStatus.Succeeded)));

        answers.Count(answer => answer.Outcome == AppendOutcome.Appended).ShouldBe(1);
        answers.Count(answer => answer.Outcome == AppendOutcome.Duplicate).ShouldBe(Times - 1);
        answers.ShouldAllBe(answer => answer.Payout!.Status == PayoutStatus.Succeeded);
        (await Rows.CountAsync(database, "mt_events where type = 'webhook_received'")).ShouldBe(1);
        (await Rows.OneAsync<int>(database, "select deliveries from reconciler.evidence")).ShouldBe(Times);
        await Audit.OfAsync(database);
    }

    [Fact]
    public async Task Given_to_two_nodes_at_once_it_is_one_event()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var one = new Node(database);
        await using var other = new Node(database);

        var answers = await Task.WhenAll(Enumerable.Range(0, Times).Select(number =>
            (number % 2 == 0 ? one : other).AppendAsync(Words.Heard("p-1", ObservedStatus.Succeeded))));

        answers.Count(answer => answer.Outcome == AppendOutcome.Appended).ShouldBe(1);
        (await Rows.OneAsync<int>(database, "select deliveries from reconciler.evidence")).ShouldBe(Times);
        await Audit.OfAsync(database);
    }

    [Fact]
    public async Task Without_a_readable_payout_it_is_kept_once()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var node = new Node(database);

        var answers = await node.AppendAsync(Enumerable.Range(0, 50).Select(_ => Words.Unreadable("?")));

        answers.Count(answer => answer.Outcome == AppendOutcome.Appended).ShouldBe(1);
        (await Rows.CountAsync(database, "evidence where unreadable = 'unknown_shape' and deliveries = 50")).ShouldBe(1);
        (await Rows.CountAsync(database, "mt_events")).ShouldBe(0);
    }

    [Fact]
    public async Task A_nudge_with_the_same_bytes_does_not_make_the_verified_delivery_a_duplicate()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var node = new Node(database);
        await node.AppendAsync(Words.Announced("p-1"));
        var verified = Words.Heard("p-1", ObservedStatus.Succeeded);
        var nudge = new KeepDelivery(
            verified.Evidence with { Kind = EvidenceKind.Nudge, VerifiedBy = null }, verified.Received! with { Verified = false, VerifiedBy = null }, Words.Policy);

        await node.AppendAsync(nudge);
        var answer = await node.AppendAsync(verified);

        answer.Outcome.ShouldBe(AppendOutcome.Appended);
        answer.Payout!.Status.ShouldBe(PayoutStatus.Succeeded);
        (await Rows.OneAsync<string>(database, "select verified_by from reconciler.evidence")).ShouldBe("2026-11");
        await Audit.OfAsync(database);
    }
}
