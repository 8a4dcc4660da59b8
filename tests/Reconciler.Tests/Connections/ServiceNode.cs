using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Connections;

/// <summary>One node's connections, on a real database: as <c>AddConnections</c> puts them together, without the web.</summary>
internal sealed class ServiceNode : IAsyncDisposable
{
    private readonly TemporaryFolder? ownFolder;

    private ServiceNode(string connectionString, ConnectionsOptions options, TemporaryFolder? ownFolder)
    {
        this.ownFolder = ownFolder;
        ConnectionString = connectionString;
        Options = options;
        Database = NpgsqlDataSource.Create(connectionString);
        Installation = new Installation(Database, options);
        Store = new ConnectionStore(Database, TimeProvider.System);
        Editor = new ConnectionEditor(Store, Installation);
        File = new ConnectionsFile(Store, Editor, NullLogger<ConnectionsFile>.Instance);
        Registry = new ConnectionRegistry(Database, Installation, TimeProvider.System, NullLogger<ConnectionRegistry>.Instance);
    }

    public string ConnectionString { get; }

    public ConnectionsOptions Options { get; }

    public NpgsqlDataSource Database { get; }

    public Installation Installation { get; }

    public ConnectionStore Store { get; }

    public ConnectionEditor Editor { get; }

    public ConnectionsFile File { get; }

    public ConnectionRegistry Registry { get; }

    /// <summary>The first node of a new database, with a key of its own.</summary>
    public static async Task<ServiceNode> FirstAsync(PostgresFixture postgres)
    {
        var folder = TemporaryFolder.New();
        var node = new ServiceNode(await postgres.NewDatabaseAsync(), new ConnectionsOptions { DataDirectory = folder.Path }, folder);
        await node.Installation.LoadAsync(CancellationToken.None);
        return node;
    }

    /// <summary>Another node on the same database; not yet loaded.</summary>
    public ServiceNode Another(ConnectionsOptions? options = null) => new(ConnectionString, options ?? Options, null);

    public Task<PutOutcome> PutAsync(string key, string json) =>
        Editor.PutAsync(ConnectionKey.Parse(key), Encoding.UTF8.GetBytes(json), CancellationToken.None);

    /// <summary>Puts what must be accepted.</summary>
    public async Task<ConnectionRow> KeepAsync(string key, string json)
    {
        var outcome = await PutAsync(key, json);
        outcome.Problems.ShouldBeEmpty();
        return outcome.Row.ShouldNotBeNull();
    }

    public async Task<OpenConnection> OpenAsync(string key)
    {
        await Registry.RefreshAsync();
        return Registry.Find(key).ShouldNotBeNull();
    }

    public Task<long> RevisionAsync() => Store.RevisionAsync(CancellationToken.None);

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Registry.Dispose();
        await Database.DisposeAsync();
        ownFolder?.Dispose();
    }
}
