using Reconciler.Appending;
using Reconciler.Core;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Faults;

public sealed class A_stalled_database(PostgresFixture postgres)
{
    [Fact]
    public async Task Lets_no_more_wait_than_the_queue_holds_and_keeps_those_in_the_end()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var node = new Node(database, new AppendOptions { Lanes = 1, QueueMax = 100 });
        Task<Exception?>[] waiting;

        await using (await Held.TableAsync(database))
        {
            var inHand = node.FaultOfAsync(Words.Heard("first", ObservedStatus.Pending));
            await Held.WaitersAsync(database);
            waiting = [inHand, .. Enumerable.Range(0, 300).Select(number => node.FaultOfAsync(Words.Heard($"p-{number}", ObservedStatus.Pending)))];

            // Those beyond are refused at once, while everything still stands.
            waiting.Count(task => task.IsCompleted).ShouldBe(200);
            foreach (var task in waiting.Where(task => task.IsCompleted)) (await task).ShouldBeOfType<AppendUnavailable>();
        }

        var faults = await Task.WhenAll(waiting);

        faults.Count(fault => fault is null).ShouldBe(101);
        (await Rows.CountAsync(database, "payouts")).ShouldBe(101);
        await Audit.OfAsync(database);
    }

    [Fact]
    public async Task Lets_no_more_bytes_wait_than_the_bound()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var node = new Node(database, new AppendOptions { Lanes = 1, QueueBytesMax = 1_000_000 });
        var large = new string('x', 200_000);
        Task<Exception?>[] waiting;

        await using (await Held.TableAsync(database))
        {
            waiting = [.. Enumerable.Range(0, 20).Select(number => node.FaultOfAsync(Words.Heard($"p-{number}", ObservedStatus.Pending, large)))];
            await Held.WaitersAsync(database);
            waiting.Count(task => !task.IsCompleted).ShouldBe(4);
        }

        (await Task.WhenAll(waiting)).Count(fault => fault is null).ShouldBe(4);
        // What was held has been given back.
        await node.AppendAsync(Enumerable.Range(0, 4).Select(number => Words.Heard($"q-{number}", ObservedStatus.Pending, large)));
    }

    [Fact]
    public async Task Does_not_keep_a_node_from_ending()
    {
        var database = await postgres.NewDatabaseAsync();
        var node = new Node(database, new AppendOptions { Lanes = 1 });
        await using var held = await Held.TableAsync(database);
        var waiting = node.FaultOfAsync(Words.Heard("p-1", ObservedStatus.Pending));
        await Held.WaitersAsync(database);

        await node.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System);

        (await waiting).ShouldBeOfType<AppendUnavailable>();
    }
}
