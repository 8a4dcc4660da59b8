using Reconciler.Appending;
using Reconciler.Core;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Faults;

public sealed class Cutting_the_connection(PostgresFixture postgres) : IAsyncLifetime
{
    private string database = "";
    private CuttingProxy proxy = null!;
    private Node node = null!;

    public async ValueTask InitializeAsync()
    {
        database = await postgres.NewDatabaseAsync();
        proxy = new CuttingProxy(database);
        // Unprepared, so that the proxy can read what is sent.
        node = new Node(proxy.ConnectionString, new AppendOptions { Lanes = 1 }, autoPrepareMax: 0);
        await node.AppendAsync(Words.Announced("p-0"));
    }

    [Fact]
    public async Task After_the_commit_is_read_back_and_answered_as_kept()
    {
        proxy.Arm("COMMIT", CutAt.BeforeTheAnswer);

        var answers = await node.AppendAsync(Enumerable.Range(0, 20).Select(number => Words.Heard($"p-{number}", ObservedStatus.Succeeded)));

        proxy.Cuts.ShouldBe(1);
        answers.ShouldAllBe(answer => answer.Outcome == AppendOutcome.Appended);
        await KeptOnceAsync(20);
    }

    [Fact]
    public async Task Before_the_commit_keeps_nothing_and_a_second_try_works()
    {
        proxy.Arm("COMMIT", CutAt.BeforeForwarding);

        (await node.FaultOfAsync(Words.Heard("p-0", ObservedStatus.Succeeded))).ShouldBeOfType<AppendUnavailable>();

        proxy.Cuts.ShouldBe(1);
        (await Rows.CountAsync(database, "evidence")).ShouldBe(0);
        (await node.AppendAsync(Words.Heard("p-0", ObservedStatus.Succeeded))).Outcome.ShouldBe(AppendOutcome.Appended);
        await KeptOnceAsync(1);
    }

    [Theory]
    [InlineData(CutAt.BeforeForwarding)]
    [InlineData(CutAt.BeforeTheAnswer)]
    public async Task In_the_first_of_two_round_trips_keeps_nothing_and_a_second_try_works(CutAt at)
    {
        // The lane does not remember it, and must read first.
        proxy.Arm("BEGIN", at);

        (await node.FaultOfAsync(Words.Heard("p-1", ObservedStatus.Succeeded))).ShouldBeOfType<AppendUnavailable>();

        proxy.Cuts.ShouldBe(1);
        (await Rows.CountAsync(database, "evidence")).ShouldBe(0);
        (await node.AppendAsync(Words.Heard("p-1", ObservedStatus.Succeeded))).Outcome.ShouldBe(AppendOutcome.Appended);
        await KeptOnceAsync(1);
    }

    [Fact]
    public async Task After_the_only_round_trip_is_read_back_and_answered_as_kept()
    {
        proxy.Arm("BEGIN", CutAt.BeforeTheAnswer);

        (await node.AppendAsync(Words.Heard("p-0", ObservedStatus.Succeeded))).Outcome.ShouldBe(AppendOutcome.Appended);

        proxy.Cuts.ShouldBe(1);
        await KeptOnceAsync(1);
    }

    [Theory]
    [InlineData(CutAt.BeforeForwarding)]
    [InlineData(CutAt.BeforeTheAnswer)]
    public async Task Bytes_that_a_known_duplicate_travels_with_are_not_taken_for_it(CutAt at)
    {
        // The duplicate comes first by digest, so that it is the first of the batch's rows.
        var inOrder = Enumerable.Range(0, 2).Select(number => Words.Unreadable($"body {number}")).OrderBy(item => item.Evidence.Digest).ToArray();
        await node.AppendAsync(inOrder[0]);
        proxy.Arm("COMMIT", at, after: 1);

        Task<Exception?>[] both;
        Task<Appended> before;
        await using (await Held.TableAsync(database))
        {
            // One batch waits for the table; what comes meanwhile is the next one.
            before = node.AppendAsync(Words.Heard("p-0", ObservedStatus.Pending));
            await Held.WaitersAsync(database);
            both = [.. inOrder.Select(item => node.FaultOfAsync(new KeepDelivery(item.Evidence, null, item.Policy)))];
        }

        await before;
        var fault = (await Task.WhenAll(both))[1];

        proxy.Cuts.ShouldBe(1);
        var isKept = await Rows.CountAsync(database, "evidence where stream_id is null") == 2;
        isKept.ShouldBe(at == CutAt.BeforeTheAnswer);
        (fault is null).ShouldBe(isKept, "What is answered as kept must be kept.");
    }

    [Fact]
    public async Task Again_and_again_loses_and_doubles_nothing()
    {
        var random = new Random(5);
        var kept = 0;
        for (var number = 0; number < 40; number++)
        {
            proxy.Arm(random.Next(2) == 0 ? "COMMIT" : "BEGIN", (CutAt)random.Next(2), after: random.Next(2));
            while (await node.FaultOfAsync(Words.Heard($"p-{number}", ObservedStatus.Succeeded)) is { } fault) fault.ShouldBeOfType<AppendUnavailable>();
            kept++;
        }

        proxy.Cuts.ShouldBeGreaterThan(10);
        await KeptOnceAsync(kept);
    }

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        await proxy.DisposeAsync();
    }

    private async Task KeptOnceAsync(int deliveries)
    {
        (await Rows.CountAsync(database, "evidence")).ShouldBe(deliveries);
        (await Rows.CountAsync(database, "mt_events where type = 'webhook_received'")).ShouldBe(deliveries);
        await Audit.OfAsync(database);
    }
}
