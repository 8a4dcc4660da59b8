using System.Globalization;
using Npgsql;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Faults;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Ledger.Broker;

/// <summary>Whatever becomes of the broker, changes wait and are then published, whole and in order. <c>BROKER_ROUNDS</c> tells how often: once unless given.</summary>
[Collection(nameof(RabbitMq))]
public sealed class A_broker_in_trouble(PostgresFixture postgres, BrokerFixture fixture, ITestOutputHelper output) : IAsyncLifetime
{
    private const int PayoutsAtOnce = 10;
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AppendEvery = TimeSpan.FromMilliseconds(100);
    private readonly int rounds = int.Parse(Environment.GetEnvironmentVariable("BROKER_ROUNDS") ?? "1", CultureInfo.InvariantCulture);
    private readonly PrivateBroker broker = fixture.Broker;
    private readonly string exchange = fixture.NewExchange();
    private Mailbox mailbox = null!;

    public async ValueTask InitializeAsync() => mailbox = await Mailbox.OpenAsync(broker, exchange);

    [Fact]
    public async Task That_is_stopped_or_killed_and_started_again_under_load_gets_every_change()
    {
        await using var service = await ServiceHost.StartAsync(postgres, settings: Publishing.To(broker.Uri, exchange));
        await Publishing.StateAsync(service.Http, "publishing");
        for (var round = 0; round < rounds; round++)
        {
            foreach (var stop in (Func<Task>[])[broker.StopAsync, broker.KillAsync])
            {
                using var done = new CancellationTokenSource();
                var load = AppendUntilAsync(service, done.Token);
                var before = await CheckpointAsync(service);
                await Eventually.TrueAsync(async () => await CheckpointAsync(service) > before + 50, "Nothing is published.");
                await stop();
                await Publishing.StateAsync(service.Http, "connecting");
                await broker.StartAgainAsync();
                await Publishing.StateAsync(service.Http, "publishing");
                await done.CancelAsync();
                await load;
            }
        }

        var head = await Publishing.CaughtUpAsync(service.Http);
        var doubled = Mailbox.ShouldBeWhole(await mailbox.ReadUntilAsync(head), head);
        output.WriteLine($"{2 * rounds} ends of the broker, {head} positions, {doubled} of them twice.");
    }

    [Fact]
    public async Task Whose_connection_is_cut_within_a_window_gets_every_change()
    {
        await using var proxy = new CuttingProxy($"Host=127.0.0.1;Port={broker.Port}");
        var port = new NpgsqlConnectionStringBuilder(proxy.ConnectionString).Port;
        await using var service = await ServiceHost.StartAsync(postgres, settings: Publishing.To(PrivateBroker.UriOf(port), exchange));
        await Publishing.StateAsync(service.Http, "publishing");
        for (var round = 0; round < 3 * rounds; round++)
        {
            proxy.Arm("payout.status_changed", CutAt.BeforeForwarding, after: 1 + round % 3);
            while (proxy.Cuts == round) await service.AppendAsync($"cut-{Guid.CreateVersion7():N}", PayoutsAtOnce);
        }

        var head = await Publishing.CaughtUpAsync(service.Http);
        var doubled = Mailbox.ShouldBeWhole(await mailbox.ReadUntilAsync(head), head);
        output.WriteLine($"{proxy.Cuts} cuts, {head} positions, {doubled} of them twice.");
    }

    [Fact]
    public async Task That_is_short_of_memory_is_waited_for_while_changes_are_taken_in_and_holds_up_no_service_that_stops()
    {
        var service = await ServiceHost.StartAsync(postgres, settings: Publishing.To(broker.Uri, exchange));
        await service.AppendAsync("before", PayoutsAtOnce);
        await Publishing.CaughtUpAsync(service.Http);
        try
        {
            await broker.ControlAsync("set_vm_memory_high_watermark", "absolute", "1MB");
            await service.AppendAsync("meanwhile", PayoutsAtOnce);
            await Publishing.StateAsync(service.Http, "blocked");
            await service.AppendAsync("later", PayoutsAtOnce);
            ((string)(await Publishing.StatusAsync(service.Http))["lastError"]!["message"]!).ShouldContain("takes no messages");

            await broker.ControlAsync("set_vm_memory_high_watermark", "absolute", "1GB");
            var head = await Publishing.CaughtUpAsync(service.Http);
            head.ShouldBe(3 * 2 * PayoutsAtOnce);
            Mailbox.ShouldBeWhole(await mailbox.ReadUntilAsync(head), head).ShouldBe(0, "Nothing went wrong: it only took longer.");

            await broker.ControlAsync("set_vm_memory_high_watermark", "absolute", "1MB");
            await service.AppendAsync("at the end", PayoutsAtOnce);
            await Publishing.StateAsync(service.Http, "blocked");
            var stopping = TimeProvider.System.GetTimestamp();
            await service.DisposeAsync().AsTask().WaitAsync(StopMax, TimeProvider.System);
            output.WriteLine($"Stopped within {TimeProvider.System.GetElapsedTime(stopping).TotalSeconds:F1} s while the broker took nothing.");
        }
        finally
        {
            await broker.ControlAsync("set_vm_memory_high_watermark", "absolute", "1GB");
        }
    }

    [Fact]
    public async Task Whose_exchange_is_deleted_gets_it_again()
    {
        await using var service = await ServiceHost.StartAsync(postgres, settings: Publishing.To(broker.Uri, exchange));
        await service.AppendAsync("before", PayoutsAtOnce);
        var before = await Publishing.CaughtUpAsync(service.Http);
        await mailbox.ReadUntilAsync(before);

        await mailbox.DeleteExchangeAsync();
        await service.AppendAsync("lost", 1);
        await Publishing.CaughtUpAsync(service.Http);
        ((string)(await Publishing.StatusAsync(service.Http))["lastError"]!["message"]!).ShouldContain("was deleted");

        // Its queues' owners bind them again; until then nothing reached them.
        await mailbox.BindAsync();
        await service.AppendAsync("after", 1);
        (await mailbox.ReadUntilAsync(before + 4)).Select(letter => letter.Position).ShouldBe([before + 3, before + 4]);
    }

    [Fact]
    public async Task That_lacks_an_exchange_which_is_not_ours_to_make_is_waited_for()
    {
        var foreign = fixture.NewExchange();
        await using var service = await ServiceHost.StartAsync(postgres, settings: Publishing.To(broker.Uri, foreign, "Declare", "false"));
        await service.AppendAsync("p", 1);
        await Eventually.TrueAsync(
            async () => ((string?)(await Publishing.StatusAsync(service.Http))["lastError"]?["message"])?.Contains($"no exchange '{foreign}'") == true, "Nothing is told.");

        var queue = await Mailbox.OpenAsync(broker, foreign);
        Mailbox.ShouldBeWhole(await queue.ReadUntilAsync(2), upTo: 2);
    }

    [Fact]
    public async Task That_refuses_the_login_is_told_of_without_the_password()
    {
        const string wrong = "not-the-passw0rd";
        using var folder = TemporaryFolder.New();
        await using var service = await ServiceProcess.StartAsync(folder, await postgres.NewDatabaseAsync(), ServiceHost.Connections, new Dictionary<string, string>
        {
            ["Reconciler__Broker__Uri"] = PrivateBroker.UriOf(broker.Port, wrong),
            ["Logging__LogLevel__Reconciler"] = "Trace",
        });

        var status = await Publishing.StatusAsync(service.Http);
        await Eventually.TrueAsync(async () => (status = await Publishing.StatusAsync(service.Http))["lastError"] is not null, "Nothing is told.");

        ((string)status["lastError"]!["message"]!).ShouldContain("refuses the login");
        status.ToJsonString().ShouldNotContain(wrong);
        await Eventually.TrueAsync(() => Task.FromResult(service.Log.Contains("refuses the login")), "Nothing is logged.");
        service.Log.ShouldNotContain(wrong);
        using var ready = await service.Http.GetAsync("/health/ready");
        ready.IsSuccessStatusCode.ShouldBeTrue();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async Task AppendUntilAsync(ServiceHost service, CancellationToken done)
    {
        // Paced, so that what comes while the broker is away is soon caught up with.
        using var pace = new PeriodicTimer(AppendEvery, TimeProvider.System);
        while (!done.IsCancellationRequested && await pace.WaitForNextTickAsync()) await service.AppendAsync($"load-{Guid.CreateVersion7():N}", PayoutsAtOnce);
    }

    private static async Task<long> CheckpointAsync(ServiceHost service) => (long)(await Publishing.StatusAsync(service.Http))["checkpoint"]!;
}
