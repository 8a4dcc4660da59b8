using System.Globalization;
using Npgsql;
using Reconciler.Appending;
using Reconciler.Core;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;
using Reconciler.Tests.Ledger.Broker;
using Reconciler.Tests.Ledger.Subscriptions;

namespace Reconciler.Tests.Ledger;

/// <summary>
/// Two whole services on one database append as fast as they can, while items are poisonous, backends are terminated and the feed's
/// head is held. Readers by pull and by stream follow both of them all the while, a consumer takes what is published to the broker, and a
/// subscriber is told by webhooks. <c>FEED_SECONDS</c> tells for how long: 8 unless given.
/// </summary>
[Collection(nameof(RabbitMq))]
public sealed class Readers_while_two_nodes_append(PostgresFixture postgres, BrokerFixture fixture, ITestOutputHelper output)
{
    private const int SecondsUnlessGiven = 8;
    private const int SendersPerNode = 24;
    private const int Payouts = 20_000;
    private static readonly TimeSpan TroubleEvery = TimeSpan.FromMilliseconds(400);

    // One request for each change is the slowest way to be told.
    private static readonly TimeSpan CaughtUpWithin = TimeSpan.FromSeconds(300);

    private readonly string exchange = fixture.NewExchange();

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
        await using var consumer = await (await Mailbox.OpenAsync(fixture.Broker, exchange)).ConsumeAsync();
        await using var subscriber = await Receiver.StartAsync();
        var subscription = await Subscribers.SubscribeAsync(one.Http, Subscribers.Document(subscriber.Address));

        using var done = new CancellationTokenSource(length, TimeProvider.System);
        var sending = nodes.SelectMany((node, at) => Enumerable.Range(0, SendersPerNode).Select(sender => SendAsync(node, (at * SendersPerNode) + sender, done.Token))).ToList();
        var troubles = await TroubleAsync(database, done.Token);
        var sent = await Task.WhenAll(sending);

        var (ended, head) = (TimeProvider.System.GetTimestamp(), await Rows.OneAsync<long>(database, "select position from reconciler.feed_head"));
        readers.Add(FeedReader.ByPull(() => one.Http));
        readers.Add(FeedReader.ByStream(() => other.Http));
        await CaughtUpAsync("pull and stream", () => readers.TrueForAll(reader => reader.Position >= head));
        await CaughtUpAsync("broker", () => consumer.Position >= head);
        await CaughtUpAsync("webhooks", () => subscriber.Accepted.Count >= head);
        await Eventually.TrueAsync(async () => (long)(await Subscribers.ShowAsync(one.Http, subscription))["cursor"]! == head, "The subscription's cursor is not at the head.");
        foreach (var reader in readers)
        {
            await reader.DisposeAsync();
            reader.ShouldHaveSeenAll(head);
            reader.ShouldHaveSeenTheSameAs(readers[0]);
        }

        var letters = await consumer.EndAsync();
        var twice = Mailbox.ShouldBeWhole(letters, head);
        readers[0].ShouldHaveSeenTheSameAs(letters.DistinctBy(letter => letter.Position).Select(letter => (letter.Position, letter.Body)));
        Subscribers.ShouldBeToldAll(subscriber.Accepted, 1, head);
        readers[0].ShouldHaveSeenTheSameAs(
            subscriber.Accepted.DistinctBy(told => told.Position).OrderBy(told => told.Position).Select(told => (told.Position, told.Body)));

        await Audit.OfAsync(database);
        sent.Sum(one => one.Refused).ShouldBeGreaterThan(0, "Nothing failed: this was no test.");
        output.WriteLine($"{length.TotalSeconds} s: {sent.Sum(one => one.Kept)} items kept, {sent.Sum(one => one.Refused)} failed, {troubles} troubles; "
            + $"{head} changes, read alike by {readers.Count} readers, who came back {readers.Sum(reader => reader.Returns)} times; "
            + $"published, {twice} of them twice; told in {subscriber.Accepted.Count} accepted webhooks.");

        async Task CaughtUpAsync(string who, Func<bool> isThere)
        {
            await Eventually.TrueAsync(() => Task.FromResult(isThere()), $"Not all came to the head: {who}.", CaughtUpWithin);
            output.WriteLine($"{who}: at the head {TimeProvider.System.GetElapsedTime(ended).TotalSeconds:F1} s after the last append.");
        }
    }

    private Task<ServiceHost> StartAsync(string database) => ServiceHost.StartAsync(postgres, settings: new Dictionary<string, string?>
    {
        ["ConnectionStrings:reconciler"] = database,
        // Small, so that readers fall out of what is held in memory, too.
        ["Reconciler:Feed:RecentMax"] = "64",
        ["Reconciler:Broker:Uri"] = fixture.Broker.Uri,
        ["Reconciler:Broker:Exchange"] = exchange,
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
            // PostgreSQL keeps no U+0000: the batch fails, and is split until the poison is alone.
            var isPoison = random.Next(50) == 0;
            if (isPoison) item = new KeepDelivery(item.Evidence with { ContentType = "text/\0" }, item.Received, item.Policy);
            try
            {
                await node.AppendAsync(item);
                isPoison.ShouldBeFalse("This was no test: nothing of it fails.");
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
