using System.Text.Json;
using Reconciler.Simulator.Commands;

namespace Reconciler.Simulator.Tests;

public sealed class Writing_the_connections_file
{
    [Fact]
    public async Task The_command_and_the_running_simulator_agree()
    {
        await using var simulator = await RunningSimulator.StartAsync(new SimulatorOptions { Seed = 42, Service = new Uri("http://127.0.0.1:9") });
        var path = Path.Combine(Path.GetTempPath(), $"connections-{Guid.CreateVersion7()}.json");
        try
        {
            (await ConnectionsCommand.RunAsync(
                ["--service", "http://127.0.0.1:18080", "--self", simulator.Url.AbsoluteUri, "--seed", "42", "--out", path])).ShouldBe(0);

            var written = JsonDocument.Parse(await File.ReadAllTextAsync(path)).RootElement;
            JsonElement.DeepEquals(written, await simulator.GetAsync("/sim/connections?service=http://127.0.0.1:18080")).ShouldBeTrue();
            var connections = written.GetProperty("connections");
            connections.EnumerateObject().Select(one => one.Name).ShouldBe(StatusRequests.Connections, ignoreOrder: true);
            connections.GetProperty("pawapay-sim").GetProperty("webhook").GetProperty("keys")[0].GetProperty("pem").GetString()!.ShouldStartWith("-----BEGIN PUBLIC KEY-----");
            connections.GetProperty("pawapay-v1-sim").GetProperty("webhook").GetProperty("keysFrom").GetString().ShouldBe("api");
            connections.GetProperty("zopay-sim").GetProperty("webhook").GetProperty("publicUrl").GetString().ShouldBe("http://127.0.0.1:18080/webhooks/zopay-sim");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_misspelt_option_is_an_error()
    {
        (await ConnectionsCommand.RunAsync(["--sevice", "http://127.0.0.1:1"])).ShouldBe(Usage.Misused);
        (await ConnectionsCommand.RunAsync(["--self", "nowhere"])).ShouldBe(Usage.Misused);
    }
}
