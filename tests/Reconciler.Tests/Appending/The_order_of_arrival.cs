using Reconciler.Appending;
using Reconciler.Core;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Appending;

public sealed class The_order_of_arrival(PostgresFixture postgres)
{
    private const int Payouts = 20;
    private const int PerPayout = 100;

    [Fact]
    public async Task Holds_for_each_payout_across_many_small_batches()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var node = new Node(database, new AppendOptions { Lanes = 4, BatchMax = 7 });

        await node.AppendAsync(Numbered());

        await OrderIsThatOfArrivalAsync(database, Payouts * PerPayout);
    }

    [Fact]
    public async Task Holds_when_a_poisonous_item_splits_the_batches()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var node = new Node(database, new AppendOptions { Lanes = 1 });
        var items = Numbered().ToList();
        foreach (var at in (int[])[1500, 700, 30])
        {
            var item = (KeepDelivery)items[at];
            items[at] = new KeepDelivery(item.Evidence with { ContentType = "\0" }, item.Received, item.Policy);
        }

        var faults = await Task.WhenAll(items.Select(node.FaultOfAsync));

        faults.Count(fault => fault is not null).ShouldBe(3);
        await OrderIsThatOfArrivalAsync(database, items.Count - 3);
    }

    // The provider's own second tells when each was given.
    private static IEnumerable<Append> Numbered() =>
        from number in Enumerable.Range(0, PerPayout)
        from payout in Enumerable.Range(0, Payouts)
        select Words.Heard($"p-{payout}", ObservedStatus.Processing, $"{number}", secondsPastNoon: number);

    private static async Task OrderIsThatOfArrivalAsync(string database, int events)
    {
        (await Rows.CountAsync(database, "mt_events where type = 'webhook_received'")).ShouldBe(events);
        (await Rows.OneAsync<long>(database, """
            select count(*) from (select data->>'observedAt' as at, lag(data->>'observedAt') over (partition by stream_id order by version) as before
                from reconciler.mt_events where type = 'webhook_received') as pair
            where at <= before
            """)).ShouldBe(0);
        await Audit.OfAsync(database);
    }
}
