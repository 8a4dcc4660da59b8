using Microsoft.Extensions.Logging.Abstractions;
using Reconciler.Database;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Ingest;
using Reconciler.Tests.Ledger;

namespace Reconciler.Tests.Faults;

/// <summary>They keep their cursor and come back with it, whatever becomes of the service and of its database.</summary>
public sealed class Readers_of_the_feed : IAsyncLifetime
{
    private readonly TemporaryFolder folder = TemporaryFolder.New();
    private readonly TemporaryFolder home = TemporaryFolder.New();
    private PrivateCluster cluster = null!;
    private string database = "";

    public async ValueTask InitializeAsync()
    {
        cluster = await PrivateCluster.StartAsync(PostgresFixture.Options(folder.Path), NullLogger.Instance, CancellationToken.None);
        await cluster.CreateDatabaseAsync("readers");
        database = cluster.ConnectionString("readers");
    }

    [Fact]
    public async Task Miss_nothing_when_the_service_is_killed_and_when_PostgreSQL_crashes_or_restarts()
    {
        var service = await StartAsync();
        FeedReader[] readers = [FeedReader.ByPull(() => service.Http), FeedReader.ByStream(() => service.Http), FeedReader.ByStream(() => service.Http)];
        var load = new Load(() => service, "readers");

        await SomeMoreAsync(load, readers);
        await service.KillAsync();
        service = await StartAsync();
        await SomeMoreAsync(load, readers);
        await cluster.RestartAsync(immediate: true);
        await SomeMoreAsync(load, readers);
        await cluster.RestartAsync(immediate: false);
        await SomeMoreAsync(load, readers);
        await load.EndAsync();

        var head = await Rows.OneAsync<long>(database, "select position from reconciler.feed_head");
        await Eventually.TrueAsync(() => Task.FromResult(Array.TrueForAll(readers, reader => reader.Position >= head)), "Not all readers came to the head.");
        foreach (var reader in readers)
        {
            await reader.DisposeAsync();
            reader.ShouldHaveSeenAll(head);
            reader.ShouldHaveSeenTheSameAs(readers[0]);
            reader.Returns.ShouldBeGreaterThan(0);
        }

        (await Rows.CountAsync(database, "feed_epochs")).ShouldBe(1, "A crash loses nothing that was told: the history is the same.");
        await service.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await cluster.DisposeAsync();
        home.Dispose();
        folder.Dispose();
    }

    private Task<ServiceProcess> StartAsync() => ServiceProcess.StartAsync(home, database, ZoPaySender.Connections());

    private static async Task SomeMoreAsync(Load load, FeedReader[] readers)
    {
        var (kept, positions) = (load.Kept.Count, readers.Select(reader => reader.Position).ToArray());
        await Eventually.TrueAsync(() => Task.FromResult(load.Kept.Count > kept + 150), "The service takes no deliveries.");
        await Eventually.TrueAsync(() => Task.FromResult(readers.Zip(positions).All(one => one.First.Position > one.Second)), "A reader is given nothing.");
    }
}
