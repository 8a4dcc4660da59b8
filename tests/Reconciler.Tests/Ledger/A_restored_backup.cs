using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Database;
using Reconciler.Ledger;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Finance;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Ledger;

/// <summary>Each time the feed had 10 changes when the backup was made, and 20 when it was lost.</summary>
public sealed class A_restored_backup(PostgresFixture postgres)
{
    private static readonly DateTimeOffset Noon = StoppedClock.Noon;
    private static readonly ConnectionsOptions Keyed = new() { MasterKey = Convert.ToBase64String(new byte[MasterKey.LengthBytes]) };

    [Fact]
    public async Task From_a_dump_begins_an_epoch_by_itself_and_says_what_it_has_in_common_with_the_lost_one()
    {
        using var folder = TemporaryFolder.New();
        var (lost, restored) = (await postgres.NewDatabaseAsync(), await postgres.NewEmptyDatabaseAsync());
        var former = await LiveAsync(lost, from: 0);
        await PostgresTools.DumpAsync(lost, Path.Combine(folder.Path, "dump"));
        (await LiveAsync(lost, from: 5)).ShouldBe(former);

        await PostgresTools.RestoreAsync(Path.Combine(folder.Path, "dump"), restored);
        await using var service = await StartAsync(restored);

        await Golden.ShouldMatchAsync(await service.Http.GetAsync($"/v1/changes?after=20&epoch={former}"), "changes-restored-beyond");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync($"/v1/changes?after=7&epoch={former}"), "changes-restored-within");
        (await OpenStream.AskAsync(service.Http, $"epoch={former}", "20")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var epoch = await EpochAsync(service);
        epoch.ShouldNotBe(former);
        await AppendAsync(service, from: 5);
        (await OneAsync<string>(restored, "select string_agg(n, ' ') from (select count(*)::text as n from reconciler.changes group by epoch order by min(position)) as of"))
            .ShouldBe("10 10");
        (await OneAsync<Guid>(restored, "select epoch from reconciler.changes where position = 11")).ShouldBe(epoch);
        (await service.Http.GetAsync($"/v1/changes?after=7&epoch={epoch}")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Into_its_own_database_is_noticed_too()
    {
        using var folder = TemporaryFolder.New();
        var database = await postgres.NewDatabaseAsync();
        var former = await LiveAsync(database, from: 0);
        await PostgresTools.DumpAsync(database, Path.Combine(folder.Path, "dump"));
        await LiveAsync(database, from: 5);

        await PostgresTools.RestoreAsync(Path.Combine(folder.Path, "dump"), database, "--clean", "--if-exists");

        await using var service = await StartAsync(database);
        await RefusalShouldAsync(service, former, after: 20, agreeUpTo: 10);
    }

    [Fact]
    public async Task That_was_restored_once_more_agrees_as_far_as_the_earliest_of_them()
    {
        var database = await postgres.NewDatabaseAsync();
        var first = await LiveAsync(database, from: 0);
        await using var source = NpgsqlDataSource.Create(database);
        var history = new FeedHistory(source);
        await using var connection = await source.OpenConnectionAsync();
        var second = (await FeedHistory.BeginAsync(connection, 7, "a test", CancellationToken.None)).ShouldNotBeNull();
        var third = (await FeedHistory.BeginAsync(connection, null, "a test", CancellationToken.None)).ShouldNotBeNull();

        second.ShouldBe(new BegunEpoch(first, second.Epoch, Head: 10, AgreesUpTo: 7));
        third.ShouldBe(new BegunEpoch(second.Epoch, third.Epoch, Head: 10, AgreesUpTo: 10));
        (await history.AgreesUpToAsync(first, CancellationToken.None)).ShouldBe(7);
        (await history.AgreesUpToAsync(second.Epoch, CancellationToken.None)).ShouldBe(10);
        (await history.AgreesUpToAsync(third.Epoch, CancellationToken.None)).ShouldBeNull();
        (await history.AgreesUpToAsync(Guid.CreateVersion7(), CancellationToken.None)).ShouldBeNull();
        (await FeedHistory.BeginAsync(connection, 11, "a test", CancellationToken.None)).ShouldBeNull();
        (await RestoredCommand.RunAsync(["restored", "11"], source, Keyed)).ShouldBe(2);
        (await RestoredCommand.RunAsync(["restored", "soon"], source, Keyed)).ShouldBe(2);
        (await RestoredCommand.RunAsync(["--urls", "x"], source, Keyed)).ShouldBeNull();
        await using var service = await StartAsync(database);
        (await EpochAsync(service)).ShouldBe(third.Epoch);
    }

    [Fact]
    public async Task To_a_point_in_time_is_told_by_the_timeline_and_a_copy_of_the_files_only_by_the_operator()
    {
        using var folder = TemporaryFolder.New();
        var directory = Path.Combine(folder.Path, "cluster");
        var files = Path.Combine(directory, "server", "data");
        Guid former;
        await using (var cluster = await StartClusterAsync(directory))
        {
            await cluster.CreateDatabaseAsync("reconciler");
            former = await LiveAsync(cluster.ConnectionString("reconciler"), from: 0);
        }

        await CopyAsync(files, files + "-copy");
        await using (var cluster = await StartClusterAsync(directory)) (await LiveAsync(cluster.ConnectionString("reconciler"), from: 5)).ShouldBe(former);

        // The copy is put back: nothing in it tells that it is old.
        Directory.Delete(files, recursive: true);
        await CopyAsync(files + "-copy", files);
        await using (var cluster = await StartClusterAsync(directory))
        {
            await using (var service = await StartAsync(cluster.ConnectionString("reconciler")))
                await Golden.ShouldMatchAsync(await service.Http.GetAsync($"/v1/changes?after=20&epoch={former}"), "changes-restored-untold");
            await using (var source = NpgsqlDataSource.Create(cluster.ConnectionString("reconciler")))
                (await RestoredCommand.RunAsync(["restored"], source, Keyed)).ShouldBe(0);
            await using (var service = await StartAsync(cluster.ConnectionString("reconciler")))
            {
                await RefusalShouldAsync(service, former, after: 20, agreeUpTo: 10);
                (await service.Http.GetStringAsync("/v1/audit?act=feed.restored")).ShouldContain((await EpochAsync(service)).ToString());
            }
        }

        // A recovery with a target ends on another timeline.
        Directory.Delete(files, recursive: true);
        await CopyAsync(files + "-copy", files);
        await File.WriteAllTextAsync(Path.Combine(files, "recovery.signal"), "");
        await using (var cluster = await StartClusterAsync(directory))
        await using (var service = await StartAsync(cluster.ConnectionString("reconciler")))
            await RefusalShouldAsync(service, former, after: 20, agreeUpTo: 10);
    }

    [Fact]
    public async Task That_takes_the_place_of_a_running_service_s_database_begins_its_epoch_with_the_first_change()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var service = await StartAsync(database);
        await AppendAsync(service, from: 0);
        var former = await EpochAsync(service);
        await using var stream = await OpenStream.FromAsync(service.Http, "after=10");
        await stream.NextAsync();

        // As it would be read after a fail-over: what is stored names another timeline than the one that is written to.
        await Rows.RunAsync(database, "update reconciler.feed_epochs set timeline = 77");
        await AppendAsync(service, from: 5);

        (await OneAsync<long>(database, "select count(*) from reconciler.changes where epoch = (select epoch from reconciler.installation)")).ShouldBe(10);
        await RefusalShouldAsync(service, former, after: 20, agreeUpTo: 10);
        for (var next = await stream.NextAsync(); next is not null; next = await stream.NextAsync()) next.Data.ShouldBeNull("A stream gives one history only.");
    }

    private static async Task RefusalShouldAsync(ServiceHost service, Guid former, long after, long agreeUpTo)
    {
        var refused = await service.Http.GetAsync($"/v1/changes?after={after}&epoch={former}");
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var feed = (await refused.Content.ReadFromJsonAsync<JsonNode>())!["feed"]!;
        ((Guid)feed["epoch"]!).ShouldNotBe(former);
        ((long)feed["agreesUpTo"]!).ShouldBe(agreeUpTo);
        ((long)feed["goOnAfter"]!).ShouldBe(agreeUpTo);
    }

    /// <summary>A service that takes five payouts, each with a status and a case, and ends. Gives the epoch.</summary>
    private async Task<Guid> LiveAsync(string database, int from)
    {
        await using var service = await StartAsync(database);
        await AppendAsync(service, from);
        return await EpochAsync(service);
    }

    private Task<ServiceHost> StartAsync(string database) =>
        ServiceHost.StartAsync(postgres, new StoppedClock(Noon), new Dictionary<string, string?> { ["ConnectionStrings:reconciler"] = database });

    private static Task AppendAsync(ServiceHost service, int from) =>
        Task.WhenAll(Enumerable.Range(from, 5).Select(number => service.AppendAsync(Evidences.Heard($"p-{number}", ObservedStatus.Succeeded, Noon))));

    private static async Task<Guid> EpochAsync(ServiceHost service) =>
        (Guid)(await service.Http.GetFromJsonAsync<JsonNode>("/v1/changes"))!["epoch"]!;

    private static Task<T> OneAsync<T>(string database, string sql) => Rows.OneAsync<T>(database, sql);

    private static Task<PrivateCluster> StartClusterAsync(string directory)
    {
        var options = PostgresFixture.Options(directory);
        var settings = new Dictionary<string, string>(options.Settings) { ["restore_command"] = "'false'" };
        return PrivateCluster.StartAsync(options with { Settings = settings }, NullLogger.Instance, CancellationToken.None);
    }

    private static async Task CopyAsync(string from, string to)
    {
        // With owners and modes, which the server insists on.
        using var copy = Process.Start("cp", ["-a", from, to]);
        await copy.WaitForExitAsync();
        copy.ExitCode.ShouldBe(0);
    }
}
