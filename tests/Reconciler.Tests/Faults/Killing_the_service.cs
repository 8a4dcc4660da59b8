using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Reconciler.Database;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Ingest;

namespace Reconciler.Tests.Faults;

/// <summary>The service with the private PostgreSQL that it runs itself, killed under load. <c>KILL_ROUNDS</c> tells how often: 3 unless given.</summary>
public sealed class Killing_the_service(ITestOutputHelper output)
{
    private const int RoundsUnlessGiven = 3;
    private const int KeptBeforeKillMin = 50;
    private const int KeptBeforeKillMax = 1500;

    [Fact]
    public async Task Again_and_again_loses_no_delivery_that_was_answered_and_doubles_none()
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable("KILL_ROUNDS") ?? $"{RoundsUnlessGiven}", CultureInfo.InvariantCulture);
        using var folder = TemporaryFolder.New();
        var (kept, unknown) = (new List<string>(), new List<string>());
        var longestReady = TimeSpan.Zero;

        for (var round = 0; round < rounds; round++)
        {
            var started = TimeProvider.System.GetTimestamp();
            await using var service = await ServiceProcess.StartAsync(folder, connectionString: null, ZoPaySender.Connections());
            await Eventually.TrueAsync(() => IsReadyAsync(service), "The service is not ready again.");
            var ready = TimeProvider.System.GetElapsedTime(started);
            if (round > 0 && ready > longestReady) longestReady = ready;

            var load = new Load(() => service, $"round-{round}");
            var enough = Random.Shared.Next(KeptBeforeKillMin, KeptBeforeKillMax);
            await Eventually.TrueAsync(() => Task.FromResult(load.Kept.Count >= enough), "The service takes no deliveries.");
            await service.KillAsync();
            await load.EndAsync();
            load.OtherAnswers.ShouldBeEmpty();
            kept.AddRange(load.Kept);
            unknown.AddRange(load.Unknown);
            output.WriteLine($"Round {round + 1}: ready after {ready.TotalSeconds:F1} s, killed after {load.Kept.Count} deliveries were answered.");
        }

        // The killed service's server is stopped by its guard; the next start finds what it left, as the service's own would.
        var options = new PrivateClusterOptions { Directory = Path.Combine(folder.Path, "data", "postgres") };
        await using var cluster = await PrivateCluster.StartAsync(options, NullLogger.Instance, CancellationToken.None);
        await Load.ShouldBeKeptAsync(cluster.ConnectionString("reconciler"), kept, unknown);
        output.WriteLine($"{rounds} rounds, {kept.Count} deliveries answered 2xx, all there once; ready again within {longestReady.TotalSeconds:F1} s.");
    }

    private static async Task<bool> IsReadyAsync(ServiceProcess service)
    {
        using var response = await service.Http.GetAsync("health/ready");
        return response.StatusCode == HttpStatusCode.OK;
    }
}
