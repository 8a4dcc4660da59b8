using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Reconciler.Access.Audit;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;
using Reconciler.Tests.Ingest;

namespace Reconciler.Tests.Connections;

public sealed class Rotating_the_master_key(PostgresFixture postgres)
{
    private const int Many = 300;
    private const string SealedAnew = "connections where get_byte(sealed_secrets, 0) = 2";
    private static readonly string OldKey = Convert.ToBase64String(new byte[MasterKey.LengthBytes]);
    private static readonly TimeSpan CommandMax = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Goes_on_while_two_nodes_work()
    {
        await using var first = await ServiceHost.StartAsync(postgres);
        await using var second = await first.AnotherAsync();
        var key = NewKey();

        var rotating = RunAsync(first.ConnectionString, ["rotate"], OldKey, key);
        var changes = 0;
        while (!rotating.IsCompleted)
        {
            await WorksAsync(changes % 2 == 0 ? first : second, $"payout-{changes}");
            await ChangeAsync(changes % 2 == 0 ? second : first, 100 + ++changes);
        }

        (await rotating).Code.ShouldBe(0);
        changes.ShouldBeGreaterThan(3);
        (await Rows.CountAsync(first.ConnectionString, SealedAnew)).ShouldBe(2);
        (await Rows.CountAsync(first.ConnectionString, "cookie_keys where get_byte(sealed, 0) <> 2")).ShouldBe(0);
        await StartsAsync(first, OldKey);
        await StartsAsync(first, key);

        (await RunAsync(first.ConnectionString, ["retire"], key)).Code.ShouldBe(0);
        (await RunAsync(first.ConnectionString, ["retire"], key)).Output.ShouldContain("no other master key");
        await StartsAsync(first, key);
        (await Should.ThrowAsync<InstallationFault>(() => StartsAsync(first, OldKey))).Message.ShouldContain("another master key");
        // Nodes that were started with the old key serve on until they end.
        await Task.Delay(ConnectionRegistry.LookInterval * 2, TimeProvider.System);
        foreach (var node in (ServiceHost[])[first, second])
        {
            await WorksAsync(node, $"last-{node.Address.Port}");
            await ChangeAsync(node, 250 + (node == first ? 1 : 2));
        }

        await StartsAsync(first, key);
        (await first.Services.GetRequiredService<AuditChain>().VerifyAsync(CancellationToken.None)).IsWhole.ShouldBeTrue();
        foreach (var act in (string[])["master_key.rotation_begun", "master_key.rotated", "master_key.retired"])
            (await first.Http.GetStringAsync($"/v1/audit?act={act}")).ShouldContain($"\"act\":\"{act}\"");
    }

    [Fact]
    public async Task Goes_on_where_a_crash_cut_it_off()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        var box = service.Services.GetRequiredService<Installation>().Secrets;
        for (var number = 0; number < Many; number++) await AddAsync(service, ConnectionKey.Parse($"many-{number:D4}"), box);
        await service.Services.GetRequiredService<ConnectionRegistry>().RefreshAsync();
        var key = NewKey();

        // It comes to this row, waits, and dies there.
        await using (var blocker = await Rows.OpenAsync(service.ConnectionString))
        {
            await using var holding = await blocker.BeginTransactionAsync();
            await using (var hold = new NpgsqlCommand("select from reconciler.connections where key = 'many-0250' for update", blocker)) await hold.ExecuteNonQueryAsync();
            using var command = Start(service.ConnectionString, ["rotate"], OldKey, key);
            await Eventually.TrueAsync(async () => await Rows.CountAsync(service.ConnectionString, SealedAnew) >= 200, "It did not begin.");
            command.Kill();
            await command.WaitForExitAsync();
        }

        (await Rows.CountAsync(service.ConnectionString, SealedAnew)).ShouldBeLessThan(Many + 2);
        await Waits.UntilAsync(async () => await Rows.OneAsync<long>(service.ConnectionString, "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") == 0);
        await WorksAsync(service, "between");
        await StartsAsync(service, OldKey, Many + 2);
        await StartsAsync(service, key, Many + 2);
        (await RunAsync(service.ConnectionString, ["rotate"], OldKey, NewKey())).Output.ShouldContain("A rotation to another new key goes on");

        (await RunAsync(service.ConnectionString, ["rotate"], OldKey, key)).Code.ShouldBe(0);
        (await Rows.CountAsync(service.ConnectionString, SealedAnew)).ShouldBe(Many + 2);
        (await RunAsync(service.ConnectionString, ["retire"], key)).Code.ShouldBe(0);
        await StartsAsync(service, key, Many + 2);
    }

    [Fact]
    public async Task Puts_the_new_key_in_the_place_of_the_old_file()
    {
        await using var node = await ServiceNode.FirstAsync(postgres);
        await node.KeepAsync("zopay-sandbox", Documents.ZoPay);
        var (file, folder) = (Path.Combine(node.Options.DataDirectory, "master-key"), node.Options.DataDirectory);
        var before = await File.ReadAllTextAsync(file);

        (await RunAsync(node.ConnectionString, ["rotate"], null, null, folder)).Code.ShouldBe(0);
        (await RunAsync(node.ConnectionString, ["retire"], null, null, folder)).Code.ShouldBe(0);

        (await File.ReadAllTextAsync(file)).ShouldNotBe(before);
        Directory.GetFiles(folder).ShouldBe([file]);
        OperatingSystem.IsLinux().ShouldBeTrue();
        if (OperatingSystem.IsLinux()) File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using var next = node.Another();
        await next.Installation.LoadAsync(CancellationToken.None);
        (await next.OpenAsync("zopay-sandbox")).Settings.Webhook.Secrets[0].Secret.Value.ShouldBe(Documents.ZoPayWebhookSecret);
        next.Installation.RecipientKey.ShouldBe(node.Installation.RecipientKey);
    }

    [Fact]
    public async Task Names_what_does_not_open_and_retires_nothing_then()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await Rows.RunAsync(service.ConnectionString, "update reconciler.connections set sealed_secrets = set_byte(sealed_secrets, 40, 255 - get_byte(sealed_secrets, 40)) where key = 'pawapay-test'");
        var key = NewKey();

        var rotated = await RunAsync(service.ConnectionString, ["rotate"], OldKey, key);
        var retired = await RunAsync(service.ConnectionString, ["retire"], key);

        rotated.Code.ShouldBe(1);
        rotated.Output.ShouldContain("reconciler.connections pawapay-test");
        retired.Code.ShouldBe(1);
        retired.Output.ShouldContain("Nothing was retired");
        foreach (var output in (string[])[rotated.Output, retired.Output]) output.ShouldNotContain(key);
        await StartsAsync(service, OldKey, 1);
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(MasterKey.LengthBytes));

    private static async Task AddAsync(ServiceHost service, ConnectionKey key, SecretBox box)
    {
        var secrets = ConnectionSecrets.None with { Credentials = ConnectionSecrets.None.Credentials.Add("apiKey", new Providers.Secret("zay-key")) };
        await using var writing = await service.Services.GetRequiredService<ConnectionStore>().BeginAsync(CancellationToken.None);
        await writing.PutAsync(key, new ConnectionDocument(Provider.Zayono, "live", null, null, null), box.Seal(key, secrets), CancellationToken.None);
        await writing.CommitAsync(CancellationToken.None);
    }

    private static async Task WorksAsync(ServiceHost node, string payout)
    {
        using var answer = await node.Anonymous.SendAsync(ZoPaySender.Signed(ZoPaySender.Body(payout), "zopay-test"));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    // Opens what is stored and seals it anew, with whatever key this node thinks is the newest.
    private static async Task ChangeAsync(ServiceHost node, int tolerance)
    {
        var document = (await node.Http.GetFromJsonAsync<JsonNode>("/v1/connections/zopay-test"))!;
        document["webhook"]!["toleranceSeconds"] = tolerance;
        using var answer = await node.Http.PutAsJsonAsync("/v1/connections/zopay-test", document);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    private static async Task StartsAsync(ServiceHost beside, string key, int connections = 2)
    {
        await using var source = NpgsqlDataSource.Create(beside.ConnectionString);
        var installation = new Installation(source, new ConnectionsOptions { MasterKey = key });
        await installation.LoadAsync(CancellationToken.None);
        using var registry = new ConnectionRegistry(
            source, installation, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<ConnectionRegistry>.Instance);
        await registry.RefreshAsync();
        registry.All.Count.ShouldBe(connections);
    }

    private static async Task<(int Code, string Output)> RunAsync(
        string connectionString, string[] args, string? key, string? next = null, string? folder = null)
    {
        using var command = Start(connectionString, args, key, next, folder);
        var (output, errors) = (command.StandardOutput.ReadToEndAsync(), command.StandardError.ReadToEndAsync());
        await command.WaitForExitAsync().WaitAsync(CommandMax, TimeProvider.System);
        return (command.ExitCode, await output + await errors);
    }

    private static Process Start(string connectionString, string[] args, string? key, string? next = null, string? folder = null)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Reconciler.dll"), "master-key", .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["ConnectionStrings__reconciler"] = connectionString, ["Reconciler__DataDirectory"] = folder ?? Path.GetTempPath() },
        };
        if (key is not null) start.Environment["Reconciler__MasterKey"] = key;
        if (next is not null) start.Environment["Reconciler__NewMasterKey"] = next;
        return Process.Start(start)!;
    }
}
