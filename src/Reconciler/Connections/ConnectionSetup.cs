using Npgsql;

namespace Reconciler.Connections;

public static class ConnectionSetup
{
    /// <summary>
    /// The installation, the registry and what they need. They load when the host starts, before it listens; the schema must be there
    /// by then, so that whatever applies the migrations is registered before this. Needs an <see cref="NpgsqlDataSource"/> and a
    /// <see cref="TimeProvider"/>.
    /// </summary>
    public static IHostApplicationBuilder AddConnections(this IHostApplicationBuilder builder)
    {
        var options = ConnectionsOptions.Of(builder.Configuration);
        builder.Services
            .AddSingleton(options)
            .AddSingleton<Installation>()
            .AddSingleton<ConnectionStore>()
            .AddSingleton<ConnectionEditor>()
            .AddSingleton<ConnectionsFile>()
            .AddSingleton<ConnectionRegistry>()
            .AddSingleton<DeliveryTally>()
            .AddSingleton<RotateSecrets>()
            .AddSingleton<PauseConnection>()
            .AddSingleton<CheckConnection>()
            .AddSingleton<EndpointProbes>()
            .AddSingleton<TestEndpoint>()
            .AddHostedService<ConnectionStart>()
            .AddHostedService(services => services.GetRequiredService<DeliveryTally>())
            .AddHostedService(services => services.GetRequiredService<ConnectionRegistry>());
        return builder;
    }

    /// <summary>Runs before the host listens: whatever is wrong with this node keeps it from starting.</summary>
    private sealed class ConnectionStart(
        ConnectionsOptions options, Installation installation, ConnectionsFile file, ConnectionRegistry registry)
        : IHostedService
    {
        public async Task StartAsync(CancellationToken cancellationToken)
        {
            await installation.LoadAsync(cancellationToken);
            if (!string.IsNullOrWhiteSpace(options.ConnectionsFile)) await file.ApplyAsync(options.ConnectionsFile, cancellationToken);
            await registry.RefreshAsync(cancellationToken);
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
