using System.Net;
using Reconciler.Tests.Database;
using Reconciler.Tests.Faults;

namespace Reconciler.Tests.Ingest;

/// <summary>One service for all tests of this folder; each of them speaks of payouts and connections of its own.</summary>
public sealed class Service(PostgresFixture postgres) : IAsyncLifetime
{
    private TemporaryFolder? folder;

    internal ServiceProcess Process { get; private set; } = null!;

    internal StatusApi Provider { get; } = new();

    /// <summary>To look into, from outside.</summary>
    public string Database { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        folder = TemporaryFolder.New();
        Database = await postgres.NewDatabaseAsync();
        Process = await ServiceProcess.StartAsync(folder, Database, ZoPaySender.Connections(Provider.Address));
    }

    internal async Task<HttpStatusCode> StatusAsync(HttpRequestMessage request)
    {
        using var response = await Process.SendAsync(request);
        return response.StatusCode;
    }

    /// <summary>Ready, and a good delivery is kept.</summary>
    internal async Task IsWellAsync()
    {
        using var ready = await Process.Http.GetAsync("health/ready");
        ready.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(ZoPaySender.Signed(ZoPaySender.Body($"well-{Guid.CreateVersion7()}")))).ShouldBe(HttpStatusCode.OK);
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        await Provider.DisposeAsync();
        folder?.Dispose();
    }
}

[CollectionDefinition(Name)]
public sealed class OneService : ICollectionFixture<Service>
{
    public const string Name = "One service that ingests";
}
