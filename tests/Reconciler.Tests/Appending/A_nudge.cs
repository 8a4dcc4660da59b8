using Reconciler.Appending;
using Reconciler.Core;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Appending;

public sealed class A_nudge(PostgresFixture postgres)
{
    [Fact]
    public async Task Makes_a_poll_due_at_once_and_never_a_status()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var node = new Node(database);
        await node.AppendAsync(Words.Announced("p-1"));

        // It says "succeeded", as anybody could.
        var answer = await node.AppendAsync(Words.Nudged("p-1", secondsPastNoon: 7));

        answer.Outcome.ShouldBe(AppendOutcome.Appended);
        answer.NextPollAt.ShouldBe(Words.Noon.AddSeconds(7));
        (answer.Payout!.Status, answer.Payout.StatusVersion).ShouldBe((PayoutStatus.Pending, 1));
        (await Rows.OneAsync<DateTime>(database, "select next_poll_at from reconciler.payouts")).ShouldBe(Words.Noon.AddSeconds(7).UtcDateTime);
        await Audit.OfAsync(database);
    }

    [Fact]
    public async Task Given_twice_is_counted_and_is_one_event()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var node = new Node(database);
        await node.AppendAsync(Words.Announced("p-1"));

        var answers = await node.AppendAsync(Enumerable.Range(0, 10).Select(_ => Words.Nudged("p-1")));

        answers.Count(answer => answer.Outcome == AppendOutcome.Duplicate).ShouldBe(9);
        (await Rows.CountAsync(database, "evidence where nudges = 10 and deliveries = 0")).ShouldBe(1);
        await Audit.OfAsync(database);
    }

    [Fact]
    public async Task About_a_payout_that_nobody_knows_starts_no_stream()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var node = new Node(database);

        (await node.AppendAsync(Words.Nudged("p-1"))).Outcome.ShouldBe(AppendOutcome.AlreadySo);

        (await Rows.CountAsync(database, "mt_streams")).ShouldBe(0);
        (await Rows.CountAsync(database, "payouts")).ShouldBe(0);
    }
}
