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

    // By the database and not by a node, which may answer 503 while so much is broken: whoever asks it tries again.
    private const string AllTold = """
        select cursor_position = feed_head.position and not exists (select from reconciler.subscription_deferred)
        from reconciler.subscriptions, reconciler.feed_head
        """;

    private const string HowFar = """
        select format('%s %s, cursor %s of %s, lease until %s, last error %s, deferred: %s', state, reason, cursor_position,
            (select position from reconciler.feed_head), lease_until, last_error,
            (select json_agg(late) from (select * from reconciler.subscription_deferred order by position limit 20) as late))
        from reconciler.subscriptions
        """;

    private readonly TemporaryFolder folder = TemporaryFolder.New();
    private readonly List<(ServiceProcess Process, TemporaryFolder Home)> nodes = [];
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
        await Subscribers.SubscribeAsync(first.Http, Subscribers.Document(address));
        await NodeAsync();
        using var over = new CancellationTokenSource();
        var adding = AddAsync(over.Token);
        await MoreAsync(receiver, 200);

        await first.KillAsync();
        var killed = TimeProvider.System.GetTimestamp();
        var before = receiver.Accepted.Count;
        await Subscribers.UntilAsync(() => receiver.Accepted.Count > before + Payouts * 2);
        output.WriteLine($"The second node had sent {Payouts * 2} changes {TimeProvider.System.GetElapsedTime(killed).TotalSeconds:F1} s after the first was killed.");

        await cluster.RestartAsync(immediate: true);
        await MoreAsync(receiver, 200);

        await receiver.DisposeAsync();
        accepted.AddRange(receiver.Accepted);
        receiver = await Receiver.StartAsync(address);
        await MoreAsync(receiver, 200);
        await over.CancelAsync();
        await adding;

        var head = await Rows.OneAsync<long>(database, "select position from reconciler.feed_head");
        await Eventually.TrueAsync(() => Rows.OneAsync<bool>(database, AllTold), "Not all of it was told.", Within);
        await receiver.DisposeAsync();
        accepted.AddRange(receiver.Accepted);
        Subscribers.ShouldBeToldAll(accepted, 1, head);
        output.WriteLine($"{head} changes were told in {accepted.Count} accepted requests.");
    }

    public async ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed) await TellAsync();
        foreach (var (process, home) in nodes)
        {
            await process.DisposeAsync();
            home.Dispose();
        }

        await cluster.DisposeAsync();
        folder.Dispose();
    }

    private async Task TellAsync()
    {
        foreach (var (process, _) in nodes) output.WriteLine($"Node {process.Id} said last:\n{process.Log}");
        output.WriteLine(await Rows.OneAsync<string>(database, HowFar));
    }

    private static Task MoreAsync(Receiver receiver, int changes)
    {
        var before = receiver.Accepted.Count;
        return Subscribers.UntilAsync(() => receiver.Accepted.Count >= before + changes);
    }

    private async Task<ServiceProcess> NodeAsync()
    {
        var home = TemporaryFolder.New();
        var process = await ServiceProcess.StartAsync(home, database, ZoPaySender.Connections(), new Dictionary<string, string>
        {
            ["Reconciler__MasterKey"] = Convert.ToBase64String(new byte[32]),
        });
        nodes.Add((process, home));
        return process;
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
