using Reconciler.Appending;
using Reconciler.Core;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Appending;

public sealed class A_poisonous_item(PostgresFixture postgres)
{
    private const int Items = 200;
    private const int Poisonous = 77;

    public static TheoryData<string> Poisons => ["text/\0", "text/\ud800"];

    [Theory]
    [MemberData(nameof(Poisons))]
    public async Task Fails_alone_and_leaves_nothing_behind(string contentType)
    {
        var database = await postgres.NewDatabaseAsync();
        await using var node = new Node(database, new AppendOptions { Lanes = 1 });
        var good = Words.Heard($"p-{Poisonous}", ObservedStatus.Succeeded);
        var poison = Remade(good, good.Evidence with { ContentType = contentType });

        var faults = await Task.WhenAll(Enumerable.Range(0, Items).Select(number =>
            node.FaultOfAsync(number == Poisonous ? poison : Words.Heard($"p-{number}", ObservedStatus.Succeeded))));

        faults.Where((fault, number) => number != Poisonous && fault is not null).Select(fault => fault!.Message).ShouldBeEmpty();
        faults[Poisonous].ShouldNotBeNull().ShouldNotBeOfType<AppendUnavailable>("Trying again would not help.");
        (await Rows.CountAsync(database, "evidence")).ShouldBe(Items - 1);
        (await Rows.CountAsync(database, "payouts where status = 'succeeded'")).ShouldBe(Items - 1);

        (await node.AppendAsync(Remade(good, good.Evidence))).Outcome.ShouldBe(AppendOutcome.Appended);
        await Audit.OfAsync(database);
    }

    [Fact]
    public async Task Does_not_harm_another_item_about_the_same_payout()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var node = new Node(database, new AppendOptions { Lanes = 1 });
        var good = Words.Heard("p-1", ObservedStatus.Failed);

        var faults = await Task.WhenAll(
            node.FaultOfAsync(Words.Heard("p-1", ObservedStatus.Pending)),
            node.FaultOfAsync(Words.Heard("p-1", ObservedStatus.Processing)),
            node.FaultOfAsync(Remade(good, good.Evidence with { ContentType = "\0" })),
            node.FaultOfAsync(Words.Heard("p-1", ObservedStatus.Succeeded)));

        faults.Select(fault => fault is null).ShouldBe([true, true, false, true]);
        (await Rows.OneAsync<string>(database, "select status from reconciler.payouts")).ShouldBe("succeeded");
        await Audit.OfAsync(database);
    }

    // An item is answered once: what is tried again is a new one.
    private static KeepDelivery Remade(KeepDelivery item, Evidence evidence) => new(evidence, item.Received, item.Policy);
}
