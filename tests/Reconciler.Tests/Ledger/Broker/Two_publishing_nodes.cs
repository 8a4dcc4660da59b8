using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Reconciler.Core;
using Reconciler.Database;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Faults;
using Reconciler.Tests.Finance;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Ledger.Broker;

/// <summary>
/// Two services on one database, of which one publishes. Changes are appended all the while by a third. <c>BROKER_ROUNDS</c> tells how
/// often the publishing node is killed: once unless given.
/// </summary>
[Collection(nameof(RabbitMq))]
public sealed class Two_publishing_nodes(BrokerFixture fixture, ITestOutputHelper output) : IAsyncLifetime
{
    private const int PayoutsAtOnce = 5;

    private static readonly TimeSpan AppendEvery = TimeSpan.FromMilliseconds(50);

    // What is promised is 10 s; a machine that is busy with other tests may take longer to notice.
    private static readonly TimeSpan TakenOverMax = TimeSpan.FromSeconds(20);

    private readonly int rounds = int.Parse(Environment.GetEnvironmentVariable("BROKER_ROUNDS") ?? "1", CultureInfo.InvariantCulture);
    private readonly string exchange = fixture.NewExchange();
    private readonly TemporaryFolder folder = TemporaryFolder.New();
    private readonly CancellationTokenSource done = new();
    private readonly List<(ServiceProcess Process, TemporaryFolder Home)> nodes = [];
    private PrivateCluster cluster = null!;
    private Mailbox mailbox = null!;
    private string database = "";
    private Task load = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        mailbox = await Mailbox.OpenAsync(fixture.Broker, exchange);
        cluster = await PrivateCluster.StartAsync(PostgresFixture.Options(folder.Path), NullLogger.Instance, CancellationToken.None);
        await cluster.CreateDatabaseAsync("published");
        database = cluster.ConnectionString("published");
        await AddNodeAsync();
        await AddNodeAsync();
        load = AppendAsync();
    }

    [Fact]
    public async Task One_takes_over_from_the_other_that_is_killed_paused_or_shut_down_and_a_crash_of_PostgreSQL_is_got_over()
    {
        for (var round = 0; round < rounds; round++)
        {
            var killed = await PublisherAsync();
            await TakenOverAsync(killed, "kill -9", () => RemoveAsync(killed, killed.KillAsync));
            await AddNodeAsync();
            await CrashAsync();
        }

        // It wakes up believing that it publishes, and must not move what is no longer its own.
        var paused = await PublisherAsync();
        await TakenOverAsync(paused, "kill -STOP", () => SignalAsync(paused, "STOP"));
        await SignalAsync(paused, "CONT");
        var ended = await PublisherAsync();
        ended.ShouldNotBeSameAs(paused);
        await TakenOverAsync(ended, "a clean shutdown", () => RemoveAsync(ended, () => Task.CompletedTask));

        await ShouldBeWholeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await done.CancelAsync();
        await load;
        foreach (var (process, home) in nodes)
        {
            await process.DisposeAsync();
            home.Dispose();
        }

        await cluster.DisposeAsync();
        folder.Dispose();
        done.Dispose();
    }

    private async Task AddNodeAsync()
    {
        var home = TemporaryFolder.New();
        nodes.Add((await ServiceProcess.StartAsync(home, database, ServiceHost.Connections, new Dictionary<string, string>
        {
            ["Reconciler__MasterKey"] = Convert.ToBase64String(new byte[32]),
            ["Reconciler__Broker__Uri"] = fixture.Broker.Uri,
            ["Reconciler__Broker__Exchange"] = exchange,
            ["Reconciler__Broker__Window"] = "32",
        }), home));
    }

    private async Task RemoveAsync(ServiceProcess process, Func<Task> end)
    {
        var node = nodes.Single(node => node.Process == process);
        nodes.Remove(node);
        await end();
        await process.DisposeAsync();
        node.Home.Dispose();
    }

    private async Task TakenOverAsync(ServiceProcess from, string by, Func<Task> end)
    {
        var before = await CheckpointAsync();
        await Eventually.TrueAsync(async () => await CheckpointAsync() > before + 20, "Nothing is published.");
        var (token, ended) = (await TokenAsync(), Stopwatch.GetTimestamp());
        await end();
        await Eventually.TrueAsync(async () => await TokenAsync() > token, "Nobody takes over.", TakenOverMax);
        var taken = Stopwatch.GetElapsedTime(ended);
        var checkpoint = await CheckpointAsync();
        await Eventually.TrueAsync(async () => await CheckpointAsync() > checkpoint, "The next node does not publish.", TakenOverMax);
        (await PublisherAsync()).ShouldNotBeSameAs(from);
        output.WriteLine($"After {by}: taken over within {taken.TotalSeconds:F1} s, published again within {Stopwatch.GetElapsedTime(ended).TotalSeconds:F1} s.");
    }

    private async Task CrashAsync()
    {
        await cluster.RestartAsync(immediate: true);
        var (after, restarted) = (await CheckpointAsync(), Stopwatch.GetTimestamp());
        await Eventually.TrueAsync(async () => await CheckpointAsync() > after, "Publishing does not go on.", TakenOverMax);
        output.WriteLine($"After a crash of PostgreSQL: published again within {Stopwatch.GetElapsedTime(restarted).TotalSeconds:F1} s.");
    }

    private async Task ShouldBeWholeAsync()
    {
        await done.CancelAsync();
        await load;
        var head = await Rows.OneAsync<long>(database, "select position from reconciler.feed_head");
        await Eventually.TrueAsync(async () => await CheckpointAsync() == head, "Publishing does not catch up.");
        var letters = await mailbox.ReadUntilAsync(head);
        output.WriteLine($"{head} positions, {Mailbox.ShouldBeWhole(letters, head)} of them twice.");
    }

    // The database may just be away.
    private async Task AppendAsync()
    {
        await using var node = new Node(database);
        using var pace = new PeriodicTimer(AppendEvery, TimeProvider.System);
        for (var batch = 0; !done.IsCancellationRequested && await pace.WaitForNextTickAsync(); batch++)
            await Task.WhenAll(Enumerable.Range(0, PayoutsAtOnce)
                .Select(at => node.FaultOfAsync(Evidences.Heard($"p-{batch}-{at}", ObservedStatus.Succeeded, StoppedClock.Noon))));
    }

    private async Task<ServiceProcess> PublisherAsync()
    {
        ServiceProcess? publisher = null;
        await Eventually.TrueAsync(async () =>
        {
            var name = await Rows.OneAsync<string>(database, "select coalesce(node, '') from reconciler.broker_feed");
            publisher = nodes.Select(node => node.Process).SingleOrDefault(process => name.EndsWith($"/{process.Id}", StringComparison.Ordinal));
            return publisher is not null;
        }, "Nobody publishes.");
        return publisher!;
    }

    private Task<long> CheckpointAsync() => Rows.OneAsync<long>(database, "select checkpoint from reconciler.broker_feed");

    private Task<long> TokenAsync() => Rows.OneAsync<long>(database, "select token from reconciler.broker_feed");

    private static async Task SignalAsync(ServiceProcess process, string signal)
    {
        using var sent = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await sent.WaitForExitAsync();
    }
}
