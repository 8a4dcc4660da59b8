using Npgsql;
using Reconciler.Appending;
using Reconciler.Core;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Appending;

public sealed class Two_nodes_on_one_database(PostgresFixture postgres)
{
    private const int Payouts = 200;
    private const int Items = 6000;

    [Fact]
    public async Task Meet_on_the_same_payouts_and_lose_nothing()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var one = new Node(database, new AppendOptions { QueueMax = Items });
        await using var other = new Node(database, new AppendOptions { QueueMax = Items });
        var random = new Random(11);
        var items = Enumerable.Range(0, Items).Select(number => Evidence(random, number)).ToArray();

        using var done = new CancellationTokenSource();
        var reading = FeedHasNoHolesAsync(database, done.Token);
        var answers = await Task.WhenAll(items.Select((item, number) => (number % 2 == 0 ? one : other).AppendAsync(item())));
        // Every third goes to the other node, too, at the same time as everything after it.
        var again = await Task.WhenAll(items.Where((_, number) => number % 3 == 0).Select((item, number) => (number % 2 == 0 ? one : other).AppendAsync(item())));
        await done.CancelAsync();
        var seen = await reading;

        answers.Count(answer => answer.Outcome == AppendOutcome.Appended).ShouldBeGreaterThan(Items / 2);
        again.ShouldAllBe(answer => answer.Outcome != AppendOutcome.Conflict);
        (await Rows.CountAsync(database, "payouts")).ShouldBe(Payouts);
        (await Rows.OneAsync<long>(database, "select position from reconciler.feed_head")).ShouldBe(seen);
        await Audit.OfAsync(database);
    }

    [Fact]
    public async Task The_same_evidence_given_to_both_at_the_same_instant_is_one_event()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var one = new Node(database);
        await using var other = new Node(database);
        var numbers = Enumerable.Range(0, 1500).ToArray();

        var answers = await Task.WhenAll(numbers.SelectMany(number =>
            new[] { one, other }.Select(node => node.AppendAsync(Words.Heard($"p-{number % 100}", ObservedStatus.Processing, $"{number}")))));

        answers.Count(answer => answer.Outcome == AppendOutcome.Appended).ShouldBe(numbers.Length);
        answers.Count(answer => answer.Outcome == AppendOutcome.Duplicate).ShouldBe(numbers.Length);
        (await Rows.CountAsync(database, "mt_events where type = 'webhook_received'")).ShouldBe(numbers.Length);
        await Audit.OfAsync(database);
    }

    private static Func<Append> Evidence(Random random, int number)
    {
        var payout = $"p-{random.Next(Payouts)}";
        var status = (ObservedStatus)random.Next((int)ObservedStatus.NotFound + 1);
        var (second, variant, amount) = (random.Next(100), $"{random.Next(3)}", random.Next(10) == 0 ? 4999 : 5000);
        return random.Next(4) switch
        {
            0 => () => Words.Answered(payout, status, $"{number}", second, amount),
            1 when number % 5 == 0 => () => Words.Announced(payout),
            _ => () => Words.Heard(payout, status == ObservedStatus.NotFound ? ObservedStatus.Pending : status, variant, second, amount, $"d-{variant}"),
        };
    }

    /// <summary>Reads the feed as a ledger would, while it is written: behind what it has seen nothing may appear.</summary>
    private static async Task<long> FeedHasNoHolesAsync(string database, CancellationToken done)
    {
        await using var connection = await Rows.OpenAsync(database);
        for (var position = 0L; ;)
        {
            var isLast = done.IsCancellationRequested;
            await using var command = new NpgsqlCommand($"select position from reconciler.changes where position > {position} order by position", connection);
            await using var row = await command.ExecuteReaderAsync();
            while (await row.ReadAsync()) row.GetInt64(0).ShouldBe(++position);
            if (isLast) return position;
        }
    }
}
