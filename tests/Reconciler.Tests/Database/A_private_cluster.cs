using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Reconciler.Database;

namespace Reconciler.Tests.Database;

public sealed class A_private_cluster : IDisposable
{
    private readonly TemporaryFolder folder = TemporaryFolder.New();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Is_found_again_with_its_data_password_and_port()
    {
        string first;
        await using (var cluster = await StartAsync())
        {
            await cluster.CreateDatabaseAsync("kept");
            await cluster.CreateDatabaseAsync("kept");
            first = cluster.ConnectionString("kept");
            await ExecuteAsync(first, "create table word as select 'kept' as word");
        }

        await using var again = await StartAsync();

        again.ConnectionString("kept").ShouldBe(first);
        (await ExecuteAsync(first, "select word from word")).ShouldBe("kept");
    }

    [Fact]
    public async Task Is_durable_keeps_payouts_out_of_its_log_and_listens_on_loopback_alone()
    {
        await using var cluster = await StartAsync();

        foreach (var (setting, value) in new[]
        {
            ("synchronous_commit", "on"), ("fsync", "on"), ("full_page_writes", "on"), ("data_checksums", "on"), ("server_encoding", "UTF8"),
            ("listen_addresses", "127.0.0.1"), ("unix_socket_directories", ""), ("password_encryption", "scram-sha-256"),
            ("log_error_verbosity", "terse"), ("log_min_error_statement", "panic"),
        })
        {
            (await ExecuteAsync(cluster.ConnectionString("postgres"), $"show {setting}")).ShouldBe(value, setting);
        }

        var wrong = new NpgsqlConnectionStringBuilder(cluster.ConnectionString("postgres")) { Password = "guess" };
        var refused = await Should.ThrowAsync<PostgresException>(() => ExecuteAsync(wrong.ConnectionString, "select 1"));
        refused.SqlState.ShouldBe(PostgresErrorCodes.InvalidPassword);
        new FileInfo(Path.Combine(folder.Path, "password")).UnixFileMode.ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Refuses_a_second_service_on_its_directory_and_goes_on()
    {
        await using var cluster = await StartAsync();

        var fault = await Should.ThrowAsync<PrivateClusterFault>(StartAsync);

        fault.Message.ShouldContain(folder.Path);
        fault.Message.ShouldContain(Environment.ProcessId.ToString());
        (await ExecuteAsync(cluster.ConnectionString("postgres"), "select 1")).ShouldBe(1);
    }

    [Fact]
    public async Task Keeps_what_was_committed_through_an_immediate_restart_on_the_same_port()
    {
        await using var cluster = await StartAsync();
        var (port, postmaster) = (cluster.Port, cluster.Postmaster);
        await ExecuteAsync(cluster.ConnectionString("postgres"), "create table word as select 'kept' as word");

        await cluster.RestartAsync(immediate: true);

        cluster.Port.ShouldBe(port);
        cluster.Postmaster.ShouldNotBe(postmaster);
        (await ExecuteAsync(cluster.ConnectionString("postgres"), "select word from word")).ShouldBe("kept");
    }

    [Fact]
    public async Task Starts_again_after_its_first_process_was_killed_and_its_note_left_behind()
    {
        await using (var cluster = await StartAsync())
        {
            await ExecuteAsync(cluster.ConnectionString("postgres"), "create table word as select 'kept' as word");
            Process.GetProcessById(cluster.Postmaster).Kill();
        }

        await using var again = await StartAsync();

        (await ExecuteAsync(again.ConnectionString("postgres"), "select word from word")).ShouldBe("kept");
    }

    [Fact]
    public async Task Stops_the_server_that_a_killed_service_left_running_and_starts_its_own()
    {
        await using (await StartAsync())
        {
        }

        // As it stands after kill -9 of the service and its guard: the server runs, and nobody holds the directory.
        var server = Path.Combine(folder.Path, "server");
        var account = await ServerAccount.ForAsync(server, "postgres", TimeProvider.System, CancellationToken.None);
        var files = new ServerFiles(server, account);
        var left = await account.RunAsync(PostgresBinaries.Find(null, null).Program("pg_ctl"),
            ["start", "-w", "-D", files.Data, "-l", files.StartLog], CancellationToken.None);
        left.Succeeded.ShouldBeTrue(left.Said);
        var earlier = new EarlierServer(files, account, TimeProvider.System);
        var postmaster = await earlier.PostmasterAsync(CancellationToken.None);

        await using var again = await StartAsync();

        again.Postmaster.ShouldNotBe(postmaster!.Value);
        (await earlier.ProcessesAsync(CancellationToken.None)).ShouldNotContain(postmaster.Value);
        (await ExecuteAsync(again.ConnectionString("postgres"), "select 1")).ShouldBe(1);
    }

    [Fact]
    public async Task Starts_though_its_note_names_a_process_that_is_now_somebody_elses()
    {
        var note = Path.Combine(folder.Path, "server", "data", "postmaster.pid");
        string words;
        await using (await StartAsync())
        {
            words = await File.ReadAllTextAsync(note);
        }

        await File.WriteAllTextAsync(note, $"{Environment.ProcessId}{words[words.IndexOf('\n')..]}");

        await using var again = await StartAsync();

        (await ExecuteAsync(again.ConnectionString("postgres"), "select 1")).ShouldBe(1);
    }

    [Fact]
    public async Task Takes_another_port_when_somebody_took_its_own()
    {
        int port;
        await using (var cluster = await StartAsync())
        {
            port = cluster.Port;
        }

        using var taker = new TcpListener(IPAddress.Loopback, port);
        taker.Start();
        await using var again = await StartAsync();

        again.Port.ShouldNotBe(port);
        (await ExecuteAsync(again.ConnectionString("postgres"), "select 1")).ShouldBe(1);
    }

    [Fact]
    public async Task Starts_over_when_a_kill_interrupted_its_making()
    {
        await using (await StartAsync())
        {
        }

        Directory.Move(Path.Combine(folder.Path, "server", "data"), Path.Combine(folder.Path, "server", "data.new"));
        File.Delete(Path.Combine(folder.Path, "server", "data.new", "PG_VERSION"));

        await using var again = await StartAsync();

        (await ExecuteAsync(again.ConnectionString("postgres"), "select 1")).ShouldBe(1);
    }

    [Fact]
    public async Task Says_what_to_install_when_the_programs_are_missing()
    {
        var fault = await Should.ThrowAsync<PrivateClusterFault>(() => PrivateCluster.StartAsync(
            PostgresFixture.Options(folder.Path) with { BinariesDirectory = "/nowhere" }, NullLogger.Instance, CancellationToken.None));

        fault.Message.ShouldContain("/nowhere");
        fault.Message.ShouldContain("initdb");
    }

    [Fact]
    public async Task Tells_why_the_server_does_not_start()
    {
        var options = PostgresFixture.Options(folder.Path) with { Settings = new Dictionary<string, string> { ["no_such_setting"] = "1" } };

        var fault = await Should.ThrowAsync<PrivateClusterFault>(() => PrivateCluster.StartAsync(options, NullLogger.Instance, CancellationToken.None));

        fault.Message.ShouldContain("no_such_setting");
    }

    private static async Task<object?> ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private Task<PrivateCluster> StartAsync() =>
        PrivateCluster.StartAsync(PostgresFixture.Options(folder.Path), NullLogger.Instance, CancellationToken.None);
}
