using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Reconciler.Appending;
using Reconciler.Connections;
using Reconciler.Hosting;
using Reconciler.Personal;
using Reconciler.Streams;

namespace Reconciler.Tests.Appending;

/// <summary>One node's append path, with a connection pool of its own, over a real database.</summary>
public sealed class Node : IAsyncDisposable
{
    public const string ApplicationName = "reconciler-node";

    /// <summary>Those of a service whose master key is all zeros, as it is in these tests.</summary>
    private static readonly KeyRing Ring = KeyRing.First(
        MasterKey.TryParse(Convert.ToBase64String(new byte[MasterKey.LengthBytes]), out var master) ? master : throw new UnreachableException());

    internal static readonly PersonalBox Keys = Ring.Personal();

    private readonly NpgsqlDataSource source;
    private readonly Appender appender;

    /// <param name="connectionString">Of a migrated database; what the service adds to it is added here, too.</param>
    public Node(string connectionString, AppendOptions? options = null, int autoPrepareMax = 100)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Options = "-c synchronous_commit=on -c plan_cache_mode=force_custom_plan",
            NoResetOnClose = true,
            MaxAutoPrepare = autoPrepareMax,
            MaxPoolSize = 10,
            // Longer than anything here lasts: what ends in time does not end by this.
            CommandTimeout = 300,
            ApplicationName = ApplicationName,
        };
        source = NpgsqlDataSource.Create(settings.ConnectionString);
        appender = new Appender(
            source, new EventAppender(PayoutStreams.Registry, "payout", new EventChain(Ring.StreamKey)), () => Keys, options ?? new AppendOptions(),
            TimeProvider.System, TimeProvider.System, NullLogger<Appender>.Instance);
    }

    public Task<Appended> AppendAsync(Append item) => appender.AppendAsync(item);

    public Task<Appended[]> AppendAsync(IEnumerable<Append> items) => Task.WhenAll(items.Select(appender.AppendAsync));

    /// <summary>As <see cref="AppendAsync(Append)"/>, with the fault in place of a throw.</summary>
    public async Task<Exception?> FaultOfAsync(Append item)
    {
        try
        {
            await appender.AppendAsync(item);
            return null;
        }
        catch (Exception fault)
        {
            return fault;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await appender.DisposeAsync();
        await source.DisposeAsync();
    }
}
