using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Reconciler.Client;
using Reconciler.Core;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Finance;
using Reconciler.Tests.Hosting;
using FeedStreams = Reconciler.Ledger.FeedStreams;

namespace Reconciler.Tests.Client;

/// <summary>The client against the service itself, through an address that can be cut.</summary>
public sealed class Reading_over_real_HTTP(PostgresFixture postgres)
{
    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(FeedTransport.Pull)]
    [InlineData(FeedTransport.Stream)]
    public async Task Restarts_and_cut_connections_lose_nothing_and_double_nothing(FeedTransport transport)
    {
        var database = await postgres.NewDatabaseAsync();
        var settings = new Dictionary<string, string?> { ["ConnectionStrings:reconciler"] = database };
        await using var address = new StandingAddress();
        await using var reading = new FollowedFeed(address.Address, transport);
        for (var life = 0; life < 3; life++)
        {
            await using var service = await ServiceHost.StartAsync(postgres, settings: settings);
            address.Target = service.Address;
            for (var cut = 0; cut < 4; cut++)
            {
                var number = life * 4 + cut;
                await Task.WhenAll(Enumerable.Range(0, 40).Select(at =>
                    service.AppendAsync(Evidences.Heard($"p-{number}-{at}", ObservedStatus.Succeeded, StoppedClock.Noon))));
                address.Cut();
            }

            // The last life is read to its end, the others end in the middle of it.
            if (life < 2) await reading.HasAsync(life * 320 + 100);
            else await reading.HasAsync(3 * 320);
            address.Target = null;
            address.Cut();
        }

        reading.Taken.Select(change => change.Position).ShouldBe(Enumerable.Range(1, 960).Select(position => (long)position));
        reading.Taken.Select(change => change.Id).Distinct().Count().ShouldBe(960);
        reading.Kept.ShouldBe(reading.Taken[^1].At);
    }

    [Fact]
    public async Task A_page_tells_how_far_behind_its_reader_is()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(at => service.AppendAsync(Evidences.Heard($"p-{at}", ObservedStatus.Succeeded, StoppedClock.Noon))));

        var page = await new ChangeFeed(service.Http, new FeedOptions { PageSize = 4 }).ReadPageAsync(FeedPosition.Start);

        (page.Next.Position, page.Head).ShouldBe((4, 10));
    }

    [Theory]
    [InlineData(FeedTransport.Pull)]
    [InlineData(FeedTransport.Stream)]
    public async Task A_slow_reader_gets_all_of_it(FeedTransport transport)
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await using var reading = new FollowedFeed(service.Address, transport, pace: TimeSpan.FromMilliseconds(1));
        for (var batch = 0; batch < 4; batch++)
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(at =>
                service.AppendAsync(Evidences.Heard($"p-{batch}-{at}", ObservedStatus.Succeeded, StoppedClock.Noon))));
        }

        await reading.HasAsync(800);

        reading.Taken.Select(change => change.Position).ShouldBe(Enumerable.Range(1, 800).Select(position => (long)position));
    }

    [Theory]
    [InlineData(FeedTransport.Pull)]
    [InlineData(FeedTransport.Stream)]
    public async Task A_read_goes_on_from_what_was_kept_and_not_into_another_history(FeedTransport transport)
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await service.AppendAsync(Evidences.Heard("p-1", ObservedStatus.Succeeded, StoppedClock.Noon));
        FeedPosition kept;
        await using (var first = new FollowedFeed(service.Address, transport))
        {
            await first.HasAsync(2);
            kept = first.Kept.Position == 0 ? first.Taken[0].At : first.Kept;
        }

        await service.AppendAsync(Evidences.Heard("p-2", ObservedStatus.Failed, StoppedClock.Noon));
        await using (var second = new FollowedFeed(service.Address, transport, from: kept))
        {
            await second.HasAsync(4 - (int)kept.Position);
            second.Taken.Select(change => change.Position).ShouldBe(Enumerable.Range((int)kept.Position + 1, 4 - (int)kept.Position).Select(at => (long)at));
            second.Taken[^2].To.ShouldBe(Reconciler.Client.PayoutStatus.Failed);
            second.Taken[^2].Amount.ShouldBe(5000m);
        }

        await using (var ahead = new FollowedFeed(service.Address, transport, from: kept with { Position = 5 }))
            await ahead.Ended.ShouldThrowAsync<PositionBeyondHead>();
        await using var restore = service.Database.CreateCommand("update reconciler.installation set epoch = gen_random_uuid()");
        await restore.ExecuteNonQueryAsync();
        await using var changed = new FollowedFeed(service.Address, transport, from: kept);
        (await changed.Ended.ShouldThrowAsync<FeedHistoryChanged>()).Problem.Status.ShouldBe(409);
    }

    [Theory]
    [InlineData(FeedTransport.Pull)]
    [InlineData(FeedTransport.Stream)]
    public async Task Another_history_is_told_in_the_middle_of_a_read(FeedTransport transport)
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await service.AppendAsync(Evidences.Heard("p-1", ObservedStatus.Succeeded, StoppedClock.Noon));
        await using var address = new StandingAddress();
        address.Target = service.Address;
        await using var reading = new FollowedFeed(address.Address, transport);
        await reading.HasAsync(2);

        await using var restore = service.Database.CreateCommand("update reconciler.installation set epoch = gen_random_uuid()");
        await restore.ExecuteNonQueryAsync();
        address.Cut();

        await reading.Ended.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System).ShouldThrowAsync<FeedHistoryChanged>();
    }

    [Theory]
    [InlineData(FeedTransport.Pull)]
    [InlineData(FeedTransport.Stream)]
    public async Task A_read_that_waits_is_cancelled_at_once_and_woken_by_a_change(FeedTransport transport)
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await using var reading = new FollowedFeed(service.Address, transport, wait: FeedOptions.WaitMax);
        await service.AppendAsync(Evidences.Heard("p-1", ObservedStatus.Succeeded, StoppedClock.Noon));
        await reading.HasAsync(2);
        var streams = service.Services.GetRequiredService<FeedStreams>();
        streams.Open.ShouldBe(transport == FeedTransport.Stream ? 1 : 0);

        var started = Stopwatch.GetTimestamp();
        await reading.DisposeAsync();

        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(Prompt);
    }

    [Fact]
    public async Task A_key_that_is_none_is_told_at_once()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await using var reading = new FollowedFeed(service.Address, FeedTransport.Stream, key: "rk_nobody");

        (await reading.Ended.ShouldThrowAsync<ReconcilerProblem>()).Problem.Status.ShouldBe(401);
    }

    [Theory]
    [InlineData(FeedTransport.Pull)]
    [InlineData(FeedTransport.Stream)]
    public async Task A_database_that_is_away_is_waited_for(FeedTransport transport)
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await service.AppendAsync(Evidences.Heard("p-1", ObservedStatus.Succeeded, StoppedClock.Noon));
        var name = new NpgsqlConnectionStringBuilder(service.Database.ConnectionString).Database;
        await Rows.RunAsync(postgres.Cluster.ConnectionString("postgres"), $"alter database {name} with allow_connections false");
        await Rows.RunAsync(postgres.Cluster.ConnectionString("postgres"), $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'");
        await using var reading = new FollowedFeed(service.Address, transport);
        await Eventually.TrueAsync(() => Task.FromResult(reading.Troubles > 1), "The reader sees no trouble.");

        await Rows.RunAsync(postgres.Cluster.ConnectionString("postgres"), $"alter database {name} with allow_connections true");

        await reading.HasAsync(2);
        reading.Taken.Select(change => change.Position).ShouldBe([1, 2]);
    }
}
