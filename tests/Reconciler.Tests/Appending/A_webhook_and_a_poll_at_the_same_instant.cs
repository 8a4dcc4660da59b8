using Reconciler.Appending;
using Reconciler.Core;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Appending;

public sealed class A_webhook_and_a_poll_at_the_same_instant(PostgresFixture postgres)
{
    private const int Payouts = 10_000;

    [Fact]
    public async Task Give_one_status_whichever_comes_first()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var node = new Node(database, new AppendOptions { QueueMax = 2 * Payouts });
        await node.AppendAsync(Enumerable.Range(0, Payouts).Select(number => Words.Announced($"p-{number}")));

        // A third of the webhooks agrees with the poll, a third is behind it, a third contradicts it.
        ObservedStatus[] heard = [ObservedStatus.Succeeded, ObservedStatus.Processing, ObservedStatus.Failed];
        var items = Enumerable.Range(0, Payouts).SelectMany(number => new Append[]
        {
            Words.Heard($"p-{number}", heard[number % heard.Length]),
            Words.Answered($"p-{number}", ObservedStatus.Succeeded),
        }).ToArray();
        new Random(7).Shuffle(items);
        var answers = await node.AppendAsync(items);

        answers.ShouldAllBe(answer => answer.Outcome == AppendOutcome.Appended);
        (await Rows.CountAsync(database, "payouts where status = 'succeeded' and confidence = 'confirmed' and rule = 'poll_final'")).ShouldBe(Payouts);
        (await Rows.CountAsync(database, "mt_events where type = 'webhook_received'")).ShouldBe(Payouts);
        (await Rows.CountAsync(database, "mt_events where type = 'poll_answered'")).ShouldBe(Payouts);
        (await Rows.CountAsync(database, "discrepancies where kind = 'contradiction' and closed_at is null")).ShouldBe(Payouts / heard.Length);
        await Audit.OfAsync(database);
    }

    [Fact]
    public async Task Identical_answers_are_kept_once_and_each_is_an_event()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var node = new Node(database);
        await node.AppendAsync(Words.Announced("p-1"));

        await node.AppendAsync(Enumerable.Range(0, 5).Select(second => Words.Answered("p-1", ObservedStatus.Processing, secondsPastNoon: second)));

        (await Rows.CountAsync(database, "mt_events where type = 'poll_answered'")).ShouldBe(5);
        (await Rows.CountAsync(database, "evidence where answers = 5")).ShouldBe(1);
        await Audit.OfAsync(database);
    }

    [Fact]
    public async Task An_answer_about_a_payout_that_nobody_knows_starts_no_stream()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var node = new Node(database);

        (await node.AppendAsync(Words.Answered("p-1", ObservedStatus.Succeeded))).Outcome.ShouldBe(AppendOutcome.AlreadySo);

        (await Rows.CountAsync(database, "mt_streams")).ShouldBe(0);
    }
}
