using Npgsql;
using Reconciler.Access.Audit;
using Reconciler.Access.Keys;
using Reconciler.Access.Users;
using Reconciler.Connections;
using Reconciler.Hosting;

namespace Reconciler.Access.Commands;

/// <summary>What a command works with: the database and the keys of a service, beside the one that runs or without any.</summary>
internal sealed class CommandServices : IAsyncDisposable
{
    private readonly ServiceDatabase database;
    private readonly IHost host;

    private CommandServices(ServiceDatabase database, IHost host) => (this.database, this.host) = (database, host);

    public NpgsqlDataSource Database => database.Source;

    public T Get<T>() where T : notnull => host.Services.GetRequiredService<T>();

    /// <exception cref="InstallationFault">The master key is not the one of this database.</exception>
    public static async Task<CommandServices> OpenAsync()
    {
        var builder = Host.CreateApplicationBuilder([]);
        StructuredLogs.Configure(builder.Logging, builder.Configuration);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Reconciler", LogLevel.Warning);
        var database = await ServiceDatabase.OpenBesideAsync(builder.Configuration, CancellationToken.None);
        var options = ConnectionsOptions.Of(builder.Configuration);
        builder.Services
            .AddSingleton(database.Source).AddSingleton(TimeProvider.System).AddSingleton(options).AddSingleton<Installation>()
            .AddSingleton<AccessDirectory>().AddSingleton<AuditLog>().AddSingleton<Passwords>().AddSingleton<UserStore>().AddSingleton<ApiKeyStore>();
        var services = new CommandServices(database, builder.Build());
        try
        {
            await services.Get<Installation>().LoadAsync(CancellationToken.None);
            return services;
        }
        catch
        {
            await services.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        host.Dispose();
        await database.DisposeAsync();
    }
}
