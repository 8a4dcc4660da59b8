using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Reconciler.Database;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Ingest;

namespace Reconciler.Tests.Faults;

public sealed class A_crash_of_PostgreSQL : IAsyncLifetime
{
    private static readonly TimeSpan WellAgainMax = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder folder = TemporaryFolder.New();
    private readonly TemporaryFolder home = TemporaryFolder.New();
    private PrivateCluster cluster = null!;
    private ServiceProcess service = null!;
    private string database = "";

    public async ValueTask InitializeAsync()
    {
        cluster = await PrivateCluster.StartAsync(PostgresFixture.Options(folder.Path), NullLogger.Instance, CancellationToken.None);
        await cluster.CreateDatabaseAsync("crashes");
        database = cluster.ConnectionString("crashes");
        service = await ServiceProcess.StartAsync(home, database, ZoPaySender.Connections());
    }

    [Fact]
    public async Task Under_load_never_makes_a_2xx_false_and_is_got_over_without_help()
    {
        var load = new Load(() => service, "crash");
        for (var crash = 0; crash < 2; crash++)
        {
            var before = load.Kept.Count;
            await Eventually.TrueAsync(() => Task.FromResult(load.Kept.Count > before + 300), "The service takes no deliveries.");
            await cluster.RestartAsync(immediate: true);
            var after = load.Kept.Count;
            await Eventually.TrueAsync(() => Task.FromResult(load.Kept.Count > after), "The service does not take deliveries again.", WellAgainMax);
            await Eventually.TrueAsync(async () => await ReadyAsync() == HttpStatusCode.OK, "The service does not say that it is ready.", WellAgainMax);
        }

        await load.EndAsync();

        load.OtherAnswers.ShouldBeEmpty("Senders are told to try again, and nothing else.");
        await Load.ShouldBeKeptAsync(database, load.Kept, load.Unknown);
    }

    [Fact]
    public async Task That_lasts_is_told_to_senders_and_to_who_asks_for_readiness()
    {
        await cluster.DisposeAsync();

        using var refused = await service.SendAsync(ZoPaySender.Signed(ZoPaySender.Body("away-1")));
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refused.Headers.RetryAfter.ShouldNotBeNull();
        refused.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await ReadyAsync()).ShouldBe(HttpStatusCode.ServiceUnavailable);
        using var live = await service.Http.GetAsync("health/live");
        live.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        await cluster.DisposeAsync();
        home.Dispose();
        folder.Dispose();
    }

    private async Task<HttpStatusCode> ReadyAsync()
    {
        using var response = await service.Http.GetAsync("health/ready");
        return response.StatusCode;
    }
}
