using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Reconciler.Database;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Faults;
using Reconciler.Tests.Ingest;

namespace Reconciler.Tests.Client;

/// <summary>
/// The sample's books against the truth, while the ledger, the service and PostgreSQL are killed at random moments.
/// <c>LEDGER_SECONDS</c> tells how long: 12 unless given.
/// </summary>
public sealed class The_ledger_sample(ITestOutputHelper output)
{
    private const string SecondsUnlessGiven = "12";
    private const int LedgerKillsPerOtherFault = 3;
    private static readonly TimeSpan CaughtUpMax = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Books_every_payout_exactly_once_whatever_is_killed()
    {
        var span = TimeSpan.FromSeconds(int.Parse(Environment.GetEnvironmentVariable("LEDGER_SECONDS") ?? SecondsUnlessGiven, CultureInfo.InvariantCulture));
        using var folder = TemporaryFolder.New();
        using var home = TemporaryFolder.New();
        await using var cluster = await PrivateCluster.StartAsync(PostgresFixture.Options(folder.Path), NullLogger.Instance, CancellationToken.None);
        await cluster.CreateDatabaseAsync("service");
        await cluster.CreateDatabaseAsync("books");
        var (database, books) = (cluster.ConnectionString("service"), cluster.ConnectionString("books"));
        await using var address = new StandingAddress();
        Payments? payments = null;
        await using var provider = await PlayedZoPay.StartAsync(id => payments!.Says(id));
        var connections = Payments.Connections(provider.Address);

        ServiceProcess? service = await ServiceProcess.StartAsync(home, database, connections);
        await using var stopService = new Ending(() => service?.DisposeAsync() ?? ValueTask.CompletedTask);
        address.Target = service.Http.BaseAddress;
        payments = new Payments(address.Address);
        var ledger = LedgerProcess.Start(address.Address, books);
        await using var stopLedger = new Ending(() => ledger.DisposeAsync());
        var (ledgerKills, serviceKills, restarts) = (0, 0, 0);
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < span)
        {
            await BookedAsync(books, Random.Shared.Next(1, 300));
            await ledger.DisposeAsync();
            ledgerKills++;
            ledger = LedgerProcess.Start(address.Address, books);
            if (ledgerKills % LedgerKillsPerOtherFault != 1) continue;
            if (serviceKills <= restarts)
            {
                await service.KillAsync();
                serviceKills++;
                await service.DisposeAsync();
                service = null;
                service = await ServiceProcess.StartAsync(home, database, connections);
                address.Target = service.Http.BaseAddress;
            }
            else
            {
                await cluster.RestartAsync(immediate: true);
                restarts++;
            }
        }

        await payments.EndAsync();
        var head = await Rows.OneAsync<long>(database, "select position from reconciler.feed_head");
        await Eventually.TrueAsync(
            async () => await Rows.OneAsync<long>(books, "select position from ledger_checkpoint") == head,
            $"The ledger does not catch up:\n{ledger.Log}", CaughtUpMax);
        ledger.HasExited.ShouldBeFalse(ledger.Log);

        await ShouldBeTrueAsync(books, payments.Truth);
        output.WriteLine(
            $"{payments.Truth.Count} payouts, {payments.Corrected} of them corrected, {head} changes; killed: the ledger {ledgerKills} times, "
            + $"the service {serviceKills}, PostgreSQL {restarts}. The books are right.");
    }

    [Fact]
    public async Task Says_what_it_needs()
    {
        await using var asked = LedgerProcess.Start("--help");
        (await asked.EndAsync()).ShouldBe(0);
        await Eventually.TrueAsync(() => Task.FromResult(asked.Log.Contains("usage: --service", StringComparison.Ordinal)), "It says nothing.");
        await using var bare = LedgerProcess.Start();
        (await bare.EndAsync()).ShouldBe(2);
    }

    /// <summary>Returns when so many more changes were booked: faults come at any point of the work, and there is always some between two.</summary>
    private static async Task BookedAsync(string books, int more)
    {
        long? before = null;
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    var now = await Rows.OneAsync<long>(books, "select position from ledger_checkpoint");
                    return now >= (before ??= now) + more;
                }
                catch (NpgsqlException)
                {
                    return false;
                }
            },
            "The ledger books nothing.", CaughtUpMax);
    }

    /// <summary>Ends what a name stands for in the end, also where the test fails: a process outlives who started it.</summary>
    private sealed class Ending(Func<ValueTask> end) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => end();
    }

    private static async Task ShouldBeTrueAsync(string books, IReadOnlyDictionary<string, Paid> truth)
    {
        await using var database = NpgsqlDataSource.Create(books);
        var booked = new Dictionary<string, (decimal Amount, string Currency)>();
        await using var command = database.CreateCommand("""
            select payout, sum(amount), min(currency), count(distinct currency) from ledger_bookings group by payout
            """);
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            rows.GetInt64(3).ShouldBe(1);
            booked[rows.GetString(0)] = (rows.GetDecimal(1), rows.GetString(2));
        }

        var wrong = truth.Where(payout => booked.GetValueOrDefault($"{ZoPaySender.Connection}/{payout.Key}")
            != (payout.Value.Succeeded ? payout.Value.Amount : 0m, payout.Value.Currency)).ToList();
        wrong.ShouldBeEmpty();
        booked.Count.ShouldBe(truth.Count);
        foreach (var currency in truth.Values.Select(payout => payout.Currency).Distinct())
            booked.Values.Where(payout => payout.Currency == currency).Sum(payout => payout.Amount)
                .ShouldBe(truth.Values.Where(payout => payout.Succeeded && payout.Currency == currency).Sum(payout => payout.Amount));
    }
}
