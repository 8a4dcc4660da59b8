using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Reconciler.Database;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Faults;
using Reconciler.Tests.Ingest;

namespace Reconciler.Tests.Ledger.Subscriptions;

/// <summary>Two nodes as processes, a PostgreSQL of their own, a subscriber that can go: each of them is killed while changes come.</summary>
public sealed class Telling_while_things_break(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Payouts = 25;
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(120);

    // What the append path does for a batch, without its events: the feed is all that a subscriber sees.
    private const string Add = """
        with head as (
            update reconciler.feed_head set position = position + $1 returning position - $1 as before),
        added as (
            insert into reconciler.changes (position, epoch, stream_id, status_version, kind, body, recorded_at)
            select before + n, epoch, 'zopay-test/p-' || n, 1, 'payout.status_changed',
                jsonb_build_object('id', gen_random_uuid(), 'kind', 'payout.status_changed', 'payout', 'zopay-test/p-' || n), now()
            from head, reconciler.installation, generate_series(1, $1) as n)
        select pg_notify('reconciler_changes', '')
        """;

    private readonly TemporaryFolder folder = TemporaryFolder.New();
    private readonly List<TemporaryFolder> homes = [];
    private PrivateCluster cluster = null!;
    private string database = "";

    public async ValueTask InitializeAsync()
    {
        cluster = await PrivateCluster.StartAsync(PostgresFixture.Options(folder.Path), NullLogger.Instance, CancellationToken.None);
        await cluster.CreateDatabaseAsync("telling");
        database = cluster.ConnectionString("telling");
    }

    [Fact]
    public async Task Nothing_is_missed_nothing_comes_under_two_ids_and_each_payout_keeps_its_order()
    {
        var accepted = new List<Received>();
        var receiver = await Receiver.StartAsync();
        var address = receiver.Address;
        var first = await NodeAsync();
        var made = await Subscribers.SubscribeAsync(first.Http, Subscribers.Document(address));
        await using var second = await NodeAsync();
        using var over = new CancellationTokenSource();
        var adding = AddAsync(over.Token);
        await MoreAsync(receiver, 200);

        await first.KillAsync();
        var killed = TimeProvider.System.GetTimestamp();
        var before = receiver.Accepted.Count;
        await Subscribers.UntilAsync(() => receiver.Accepted.Count > before + Payouts * 2);
        output.WriteLine($"The second node had sent {Payouts * 2} changes {TimeProvider.System.GetElapsedTime(killed).TotalSeconds:F1} s after the first was killed.");
        await first.DisposeAsync();

        await cluster.RestartAsync(immediate: true);
        await MoreAsync(receiver, 200);

        await receiver.DisposeAsync();
        accepted.AddRange(receiver.Accepted);
        receiver = await Receiver.StartAsync(address);
        await MoreAsync(receiver, 200);
        await over.CancelAsync();
        await adding;

        var head = await Rows.OneAsync<long>(database, "select position from reconciler.feed_head");
        var cursor = 0L;
        await Eventually.TrueAsync(
            async () =>
            {
                var shown = await Subscribers.ShowAsync(second.Http, made);
                cursor = (long)shown["cursor"]!;
                return cursor == head && (long)shown["deferred"]! == 0;
            },
            "Not all of it was told.", Within);
        await receiver.DisposeAsync();
        accepted.AddRange(receiver.Accepted);
        Subscribers.ShouldBeToldAll(accepted, 1, head);
        output.WriteLine($"{head} changes were told in {accepted.Count} accepted requests.");
    }

    public async ValueTask DisposeAsync()
    {
        await cluster.DisposeAsync();
        foreach (var home in homes) home.Dispose();
        folder.Dispose();
    }

    private static Task MoreAsync(Receiver receiver, int changes)
    {
        var before = receiver.Accepted.Count;
        return Subscribers.UntilAsync(() => receiver.Accepted.Count >= before + changes);
    }

    private async Task<ServiceProcess> NodeAsync()
    {
        var home = TemporaryFolder.New();
        homes.Add(home);
        return await ServiceProcess.StartAsync(home, database, ZoPaySender.Connections(), new Dictionary<string, string>
        {
            ["Reconciler__MasterKey"] = Convert.ToBase64String(new byte[32]),
        });
    }

    // A batch whose commit is unknown is there or is not: what counts is what the feed says in the end.
    private async Task AddAsync(CancellationToken cancellation)
    {
        await using var source = NpgsqlDataSource.Create(database);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await using var add = source.CreateCommand(Add);
                add.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Payouts });
                await add.ExecuteNonQueryAsync(CancellationToken.None);
                await timer.WaitForNextTickAsync(cancellation);
            }
            catch (Exception away) when (away is NpgsqlException or OperationCanceledException)
            {
                // The database is restarted, or it is enough.
            }
        }
    }
}
