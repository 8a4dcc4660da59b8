using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Reconciler.Access.Audit;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Access;

public sealed class Keys_and_users_by_command(PostgresFixture postgres)
{
    [Fact]
    public async Task Work_beside_a_running_service()
    {
        await using var service = await ServiceHost.StartAsync(postgres);

        var (code, key, _) = await RunAsync(service, "keys", "add", "--name", "ledger", "--scope", "ledger:read", "--expires", "90d");
        code.ShouldBe(0);
        using var client = Keys.Client(service, key.Trim());
        await Appending.Eventually.TrueAsync(async () => (await client.GetAsync("/v1/changes")).StatusCode == HttpStatusCode.OK, "The service does not know the key.");
        (await RunAsync(service, "keys", "list")).Output.ShouldContain("ledger");

        var (_, password, _) = await RunAsync(service, "users", "add", "amina", "--role", "viewer", "--generate");
        using var browser = new Browser(service.Address);
        (await browser.SignInAsync("amina", password.Trim())).StatusCode.ShouldBe(HttpStatusCode.Found);
        (await RunAsync(service, "keys", "add", "--name", "month's end", "--scope", "finance:resolve", "--owner", "Amina")).Code.ShouldBe(0);
        (await RunAsync(service, "keys", "list")).Output.ShouldContain("  amina  month's end");
        (await RunAsync(service, "users", "disable", "amina")).Code.ShouldBe(0);
        (await RunAsync(service, "keys", "add", "--name", "x", "--scope", "finance:read", "--owner", "amina")).ShouldBe((1, "", "--owner 'amina' is no user who may sign in.\n"));
        (await RunAsync(service, "users", "disable", "nobody")).ShouldBe((1, "", "There is no user 'nobody'.\n"));
        (await RunAsync(service, "keys", "add", "--name", "x")).Code.ShouldBe(1);
        (await RunAsync(service, "keys", "add", "--nmae", "x")).Code.ShouldBe(1);
        (await service.Services.GetRequiredService<AuditChain>().VerifyAsync(CancellationToken.None)).IsWhole.ShouldBeTrue();
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(ServiceHost service, params string[] args) => Command.RunAsync(
        new Dictionary<string, string>
        {
            ["ConnectionStrings__reconciler"] = service.ConnectionString,
            ["Reconciler__MasterKey"] = Convert.ToBase64String(new byte[32]),
        },
        args);
}
