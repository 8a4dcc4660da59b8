using Reconciler.Appending;
using Reconciler.Core;
using Reconciler.Personal;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Appending;

/// <summary>The second word about a payout is written by what the lane remembers of the first. Whatever happened to the row meanwhile, nothing is lost.</summary>
public sealed class What_a_lane_remembers(PostgresFixture postgres)
{
    private const string Row = "reconciler.payouts where provider_payout_id = 'p'";

    [Fact]
    public async Task Is_not_read_again()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var node = new Node(database);
        await HearAsync(node, ObservedStatus.Pending, 1);

        // Whoever reads this row cannot go on from it.
        await Rows.RunAsync(database, "update reconciler.payouts set state = '\\xff'");
        await HearAsync(node, ObservedStatus.Processing, 2);
        await HearAsync(node, ObservedStatus.Succeeded, 3);

        await Audit.OfAsync(database);
        (await Rows.OneAsync<string>(database, $"select status from {Row}")).ShouldBe("succeeded");
    }

    [Fact]
    public async Task Does_not_outlive_another_history_of_the_same_length()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var node = new Node(database);
        await HearAsync(node, ObservedStatus.Pending, 1);

        await Rows.RunAsync(database, "update reconciler.payouts set state = '\\xff', chain_end = sha256('another')");

        (await node.FaultOfAsync(Words.Heard("p", ObservedStatus.Processing, "2", 2))).ShouldBeOfType<InvalidDataException>("The row was read.");
        (await Rows.CountAsync(database, "evidence")).ShouldBe(1);
    }

    [Fact]
    public async Task Gives_way_to_what_another_node_wrote()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var one = new Node(database);
        await using var other = new Node(database);
        await HearAsync(one, ObservedStatus.Pending, 1);
        await HearAsync(other, ObservedStatus.Succeeded, 2);
        await HearAsync(one, ObservedStatus.Processing, 3);

        await Audit.OfAsync(database);
        (await Rows.OneAsync<string>(database, $"select status from {Row}")).ShouldBe("succeeded");
    }

    [Fact]
    public async Task Does_not_make_bytes_new_that_another_node_kept()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var one = new Node(database);
        await using var other = new Node(database);
        await HearAsync(one, ObservedStatus.Pending, 1);
        await HearAsync(other, ObservedStatus.Succeeded, 2);
        (await one.AppendAsync(Words.Heard("p", ObservedStatus.Succeeded, "2", 2))).Outcome.ShouldBe(AppendOutcome.Duplicate);
        (await other.AppendAsync(Words.Unreadable("what?"))).Outcome.ShouldBe(AppendOutcome.Appended);
        (await one.AppendAsync(Words.Unreadable("what?"))).Outcome.ShouldBe(AppendOutcome.Duplicate);

        await Audit.OfAsync(database);
        (await Rows.OneAsync<long>(database, "select count(*) from reconciler.evidence where deliveries = 2")).ShouldBe(2);
    }

    [Fact]
    public async Task Leaves_it_to_the_clock_when_it_looks_but_never_too_late()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var node = new Node(database);
        await HearAsync(node, ObservedStatus.Pending, 1);

        await Rows.RunAsync(database, "update reconciler.payouts set check_at = '2026-11-21T12:00:02Z'");
        await HearAsync(node, ObservedStatus.Processing, 2);
        (await CheckAtAsync()).ShouldBe(Words.Noon.AddSeconds(2));

        await Rows.RunAsync(database, "update reconciler.payouts set check_at = '2030-01-01T00:00:00Z'");
        await HearAsync(node, ObservedStatus.Processing, 3);
        (await CheckAtAsync()).ShouldBe(await Rows.OneAsync<DateTime>(database, $"select least(next_poll_at, overdue_at) from {Row}"));

        async Task<DateTimeOffset> CheckAtAsync() => await Rows.OneAsync<DateTime>(database, $"select check_at from {Row}");
    }

    [Fact]
    public async Task Does_not_bring_back_what_was_erased()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var node = new Node(database);
        await HearAsync(node, ObservedStatus.Pending, 1);
        await using (var connection = await Rows.OpenAsync(database))
            await ErasedRows.WriteAsync(connection, [Words.Payout("p").StreamId], Words.Noon.AddSeconds(1), TestContext.Current.CancellationToken);

        await HearAsync(node, ObservedStatus.Succeeded, 2);

        (await Rows.CountAsync(database, "evidence where body is not null or salt is not null")).ShouldBe(0);
        (await Rows.OneAsync<bool>(database, $"select recipient is null and status = 'succeeded' from {Row}")).ShouldBeTrue();
    }

    [Fact]
    public async Task Is_read_after_all_where_a_word_opens_a_case()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var node = new Node(database);
        await HearAsync(node, ObservedStatus.Pending, 1);
        await Task.WhenAll(
            node.AppendAsync(Words.Heard("p", ObservedStatus.Processing, "2", 2, amount: 4999)),
            node.AppendAsync(Words.Heard("q", ObservedStatus.Pending, "1", 2)));

        await Audit.OfAsync(database);
        (await Rows.OneAsync<long>(database, $"select cardinality(open_discrepancies)::bigint from {Row}")).ShouldBePositive();
    }

    [Fact]
    public async Task Serves_through_polls_announcements_doubles_and_other_nodes()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var one = new Node(database);
        await using var other = new Node(database);
        var random = new Random(18);
        for (var step = 0; step < 600; step++)
        {
            var (payout, node) = ($"p-{random.Next(6)}", random.Next(20) == 0 ? other : one);
            var status = (ObservedStatus)random.Next((int)ObservedStatus.NotFound);
            await node.AppendAsync(random.Next(12) switch
            {
                0 => Words.Answered(payout, status, $"{step}", step),
                1 => Words.Announced(payout),
                2 => Words.Nudged(payout, $"{step}", step),
                3 => Words.Unreadable($"{random.Next(step + 1)}"),
                4 => Words.Heard($"p-{random.Next(6)}", ObservedStatus.Pending, $"{random.Next(step + 1)}", 1),
                _ => Words.Heard(payout, status, $"{step}", step, deliveryId: $"d-{step}"),
            });
        }

        await Audit.OfAsync(database);
    }

    private static async Task HearAsync(Node node, ObservedStatus status, int second) =>
        (await node.AppendAsync(Words.Heard("p", status, $"{second}", second))).Outcome.ShouldBe(AppendOutcome.Appended);
}
