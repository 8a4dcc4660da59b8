using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Reconciler.Appending;
using Reconciler.Database;
using Reconciler.Polling;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Hosting;

/// <summary>The whole program on a free port of this machine, over a database of its own, with two connections whose providers never answer.</summary>
public sealed class ServiceHost : IAsyncDisposable
{
    public const string AdminKey = "rk_test_0123456789abcdef0123456789abcdef";
    public const string Connections = """
        {"connections": {
            "zopay-test": {"provider": "zopay", "environment": "sandbox",
                "api": {"baseUrl": "http://127.0.0.1:1", "credentials": {"apiKey": "key", "secretKey": "secret", "origin": "https://example.com"}},
                "webhook": {"secrets": [{"id": "2026-11", "secret": "whsec_test"}]}},
            "pawapay-test": {"provider": "pawapay", "environment": "sandbox", "api": {"baseUrl": "http://127.0.0.1:1", "credentials": {"token": "token"}}}
        }}
        """;

    private readonly Dictionary<string, string?> configuration;
    private readonly TimeProvider clock;
    private readonly TimeProvider? ownClock;
    private readonly Factory program;
    private readonly TemporaryFolder folder;
    private readonly DirectoryLock? held;

    private ServiceHost(Dictionary<string, string?> configuration, TimeProvider clock, TimeProvider? ownClock, TemporaryFolder folder, DirectoryLock? held)
    {
        (this.configuration, this.clock, this.ownClock, this.folder, this.held) = (configuration, clock, ownClock, folder, held);
        program = new Factory(configuration, clock, ownClock);
        program.UseKestrel(0);
        program.StartServer();
        Address = program.ClientOptions.BaseAddress;
        Http = new HttpClient { BaseAddress = Address };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
        Anonymous = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }

    /// <summary>Sends the admin key.</summary>
    public HttpClient Http { get; }

    public HttpClient Anonymous { get; }

    public IServiceProvider Services => program.Services;

    /// <summary>With its password, for sessions beside the service's own.</summary>
    public string ConnectionString => configuration["ConnectionStrings:reconciler"]!;

    public NpgsqlDataSource Database => Services.GetRequiredService<NpgsqlDataSource>();

    /// <param name="clock">This node's and the database's. Null: the system's.</param>
    /// <param name="settings">Beside, or in place of, those that a test service has; null takes one away.</param>
    /// <param name="ownClock">This node's, where the database's is another.</param>
    public static async Task<ServiceHost> StartAsync(
        PostgresFixture postgres, TimeProvider? clock = null, IReadOnlyDictionary<string, string?>? settings = null, TimeProvider? ownClock = null)
    {
        var folder = TemporaryFolder.New();
        // Another run removes leftovers, which are those that nobody holds.
        var held = DirectoryLock.TryTake(folder.Path);
        var connections = Path.Combine(folder.Path, "connections.json");
        await File.WriteAllTextAsync(connections, Connections);
        var configuration = new Dictionary<string, string?>
        {
            ["ConnectionStrings:reconciler"] = await postgres.NewDatabaseAsync(),
            ["Reconciler:DataDirectory"] = folder.Path,
            ["Reconciler:AdminKey"] = AdminKey,
            ["Reconciler:ConnectionsFile"] = connections,
            ["Reconciler:MasterKey"] = Convert.ToBase64String(new byte[32]),
            ["Logging:LogLevel:Default"] = "Error",
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>()) configuration[name] = value;
        return new ServiceHost(configuration, clock ?? TimeProvider.System, ownClock, folder, held);
    }

    /// <summary>Another node on the same database.</summary>
    public async Task<ServiceHost> AnotherAsync()
    {
        var other = TemporaryFolder.New();
        await File.WriteAllTextAsync(Path.Combine(other.Path, "connections.json"), Connections);
        return new ServiceHost(
            new Dictionary<string, string?>(configuration) { ["Reconciler:DataDirectory"] = other.Path }, clock, ownClock, other, DirectoryLock.TryTake(other.Path));
    }

    public Task<Appended> AppendAsync(Append item) => Services.GetRequiredService<Appender>().AppendAsync(item);

    /// <summary>Stops the service as SIGTERM would, and leaves the clients open.</summary>
    public Task StopAsync() => Services.GetRequiredService<IHost>().StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Anonymous.Dispose();
        await program.DisposeAsync();
        held?.Dispose();
        folder.Dispose();
    }

    private sealed class Factory(Dictionary<string, string?> configuration, TimeProvider clock, TimeProvider? ownClock) : WebApplicationFactory<Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder) =>
            builder.UseEnvironment("Production").ConfigureTestServices(services =>
            {
                services.AddSingleton(ownClock ?? clock);
                if (clock != TimeProvider.System) services.AddKeyedSingleton(SharedClock.Name, clock);
            });

        // As arguments of the program, which reads some of its settings before there is a host.
        protected override IHost CreateHost(IHostBuilder builder) =>
            base.CreateHost(builder.ConfigureHostConfiguration(host => host.AddInMemoryCollection(configuration)));
    }
}
