using System.Globalization;
using Npgsql;
using Reconciler.Appending;
using Reconciler.Core;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Ledger;

/// <summary>
/// Two whole services on one database append as fast as they can, while items are poisonous, backends are terminated and the feed's
/// head is held; readers by pull and by stream follow both of them all the while. <c>FEED_SECONDS</c> tells for how long: 8 unless given.
/// </summary>
public sealed class Readers_while_two_nodes_append(PostgresFixture postgres, ITestOutputHelper output)
{
    private const int SecondsUnlessGiven = 8;
    private const int SendersPerNode = 24;
    private const int Payouts = 20_000;
    private static readonly TimeSpan TroubleEvery = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan CaughtUpWithin = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task See_every_position_once_in_order_and_a_reader_that_comes_later_sees_the_same_bytes()
    {
        var length = TimeSpan.FromSeconds(int.Parse(Environment.GetEnvironmentVariable("FEED_SECONDS") ?? $"{SecondsUnlessGiven}", CultureInfo.InvariantCulture));
        var database = await postgres.NewDatabaseAsync();
        await using var one = await StartAsync(database);
        await using var other = await StartAsync(database);
        ServiceHost[] nodes = [one, other];
        var readers = nodes.SelectMany(node => new[]
        {
            FeedReader.ByPull(() => node.Http), FeedReader.ByStream(() => node.Http), FeedReader.ByStream(() => node.Http),
        }).ToList();

        using var done = new CancellationTokenSource(length, TimeProvider.System);
        var sending = nodes.SelectMany((node, at) => Enumerable.Range(0, SendersPerNode).Select(sender => SendAsync(node, (at * SendersPerNode) + sender, done.Token))).ToList();
        var troubles = await TroubleAsync(database, done.Token);
        var sent = await Task.WhenAll(sending);

        var head = await Rows.OneAsync<long>(database, "select position from reconciler.feed_head");
        readers.Add(FeedReader.ByPull(() => one.Http));
        readers.Add(FeedReader.ByStream(() => other.Http));
        await Eventually.TrueAsync(() => Task.FromResult(readers.TrueForAll(reader => reader.Position >= head)), "Not all readers came to the head.", CaughtUpWithin);
        foreach (var reader in readers)
        {
            await reader.DisposeAsync();
            reader.ShouldHaveSeenAll(head);
            reader.ShouldHaveSeenTheSameAs(readers[0]);
        }

        await Audit.OfAsync(database);
        sent.Sum(one => one.Refused).ShouldBeGreaterThan(0, "Nothing failed: this was no test.");
        output.WriteLine($"{length.TotalSeconds} s: {sent.Sum(one => one.Kept)} items kept, {sent.Sum(one => one.Refused)} failed, {troubles} troubles; "
            + $"{head} changes, read alike by {readers.Count} readers, who came back {readers.Sum(reader => reader.Returns)} times.");
    }

    private Task<ServiceHost> StartAsync(string database) => ServiceHost.StartAsync(postgres, settings: new Dictionary<string, string?>
    {
        ["ConnectionStrings:reconciler"] = database,
        // Small, so that readers fall out of what is held in memory, too.
        ["Reconciler:Feed:RecentMax"] = "64",
        ["Logging:LogLevel:Default"] = "None",
    });

    private static async Task<(int Kept, int Refused)> SendAsync(ServiceHost node, int sender, CancellationToken done)
    {
        var random = new Random(sender);
        var (kept, refused) = (0, 0);
        while (!done.IsCancellationRequested)
        {
            var status = (ObservedStatus)random.Next((int)ObservedStatus.Failed + 1);
            var item = Words.Heard($"p-{random.Next(Payouts)}", status, $"{sender}-{kept + refused}", random.Next(100), random.Next(5) == 0 ? 4999 : 5000);
            if (random.Next(50) == 0) item = new KeepDelivery(item.Evidence with { HeadersJson = "{no json" }, item.Received, item.Policy);
            try
            {
                await node.AppendAsync(item);
                kept++;
            }
            catch (Exception fault) when (fault is AppendUnavailable or PostgresException)
            {
                refused++;
            }
        }

        return (kept, refused);
    }

    private static async Task<int> TroubleAsync(string database, CancellationToken done)
    {
        var troubles = 0;
        for (; !done.IsCancellationRequested; troubles++)
        {
            await Task.Delay(TroubleEvery, TimeProvider.System, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            switch (troubles % 3)
            {
                case 0:
                    // Whoever writes, and whoever listens: both come back.
                    await Rows.RunAsync(database, """
                        select pg_terminate_backend(pid) from pg_stat_activity
                        where application_name = 'reconciler' and datname = current_database() order by random() limit 2
                        """);
                    break;
                case 1:
                    await using (var holder = await Rows.OpenAsync(database))
                    await using (var hold = new NpgsqlCommand("begin; select position from reconciler.feed_head for update; select pg_sleep(0.2)", holder))
                        await hold.ExecuteNonQueryAsync();
                    break;
                default:
                    // Takes numbers, and gives them back.
                    await Rows.RunAsync(database, "begin; update reconciler.feed_head set position = position + 1000; rollback");
                    break;
            }
        }

        return troubles;
    }
}
