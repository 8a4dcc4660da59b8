using System.Net;
using System.Net.Http.Json;
using Reconciler.Database;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Faults;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Verifying;

public sealed class Verifying_by_command : IDisposable
{
    private readonly TemporaryFolder folder = TemporaryFolder.New();

    private string Data => Path.Combine(folder.Path, "data");

    [Fact]
    public async Task Works_beside_a_service_that_holds_its_private_database_and_leaves_it_running()
    {
        await using var service = await ServiceProcess.StartAsync(folder, connectionString: null, ServiceHost.Connections);
        var payout = new { connection = "zopay-test", providerPayoutId = "p-1", reference = "r-1", amount = "5000", currency = "XOF", recipient = "+22990123456" };
        (await service.Http.PostAsJsonAsync("/v1/payouts", payout)).StatusCode.ShouldBe(HttpStatusCode.Created);

        var (code, output, error) = await VerifyAsync();
        (code, error).ShouldBe((0, ""));
        output.ShouldStartWith("Nothing differs. Checked in ");
        (code, output, error) = await VerifyAsync("--chain");
        (code, error).ShouldBe((0, ""));
        output.ShouldStartWith("Nothing was tampered with: ");

        var database = await PrivateCluster.RunningAsync(Path.Combine(Data, "postgres"), "reconciler", CancellationToken.None);
        await Rows.RunAsync(database, "update reconciler.payouts set amount = amount + 1");
        (code, output, _) = await VerifyAsync();
        code.ShouldBe(1);
        output.ShouldStartWith("payout: zopay-test/p-1");
        output.ShouldContain("\nbook: zopay-test/p-1");
        output.ShouldContain("\n2 findings. Checked in ");
        (await service.Http.GetAsync("/v1/payouts/zopay-test/p-1")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Says_in_a_line_that_the_database_is_away()
    {
        foreach (var args in new string[][] { ["verify"], ["verify", "--chain"] })
        {
            var settings = new Dictionary<string, string> { ["ConnectionStrings__reconciler"] = "Host=127.0.0.1;Port=1;Username=nobody;Database=none" };
            var (code, output, error) = await Command.RunAsync(settings, args);
            (code, output).ShouldBe((1, ""));
            error.Trim().ShouldContain("127.0.0.1:1");
            error.Trim().ShouldNotContain('\n');
        }
    }

    [Theory]
    [InlineData("--chains")]
    [InlineData("chain")]
    [InlineData("--chain", "again")]
    public async Task Is_refused_where_it_is_called_wrongly(params string[] args)
    {
        var (code, output, error) = await VerifyAsync(args);
        (code, output).ShouldBe((2, ""));
        error.ShouldContain($"'verify {string.Join(' ', args)}'");
        Directory.Exists(Data).ShouldBeFalse();
    }

    public void Dispose() => folder.Dispose();

    private Task<(int Code, string Output, string Error)> VerifyAsync(params string[] args) =>
        Command.RunAsync(new Dictionary<string, string> { ["Reconciler__DataDirectory"] = Data }, ["verify", .. args]);
}
