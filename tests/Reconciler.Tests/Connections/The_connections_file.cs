using Reconciler.Connections;
using Reconciler.Simulator;
using Reconciler.Simulator.Connections;
using Reconciler.Simulator.PawaPay;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Connections;

public sealed class The_connections_file(PostgresFixture postgres)
{
    private const string Two = $$"""
        { // as an operator keeps it
          "connections": { "zopay-sandbox": {{Documents.ZoPay}}, "zayono-live": {{Documents.Zayono}}, } }
        """;

    [Fact]
    public async Task Is_applied_once_and_leaves_alone_what_is_so_already()
    {
        await using var node = await ServiceNode.FirstAsync(postgres);
        await node.KeepAsync("pawapay-live", Documents.PawaPay);

        await ApplyAsync(node, Two);
        await ApplyAsync(node, Two);

        (await node.RevisionAsync()).ShouldBe(3);
        await node.Registry.RefreshAsync();
        node.Registry.All.Select(open => open.Settings.Key.ToString()).ShouldBe(["pawapay-live", "zayono-live", "zopay-sandbox"]);
    }

    [Fact]
    public async Task With_one_wrong_connection_is_not_applied_at_all_and_every_fault_is_named()
    {
        await using var node = await ServiceNode.FirstAsync(postgres);

        var fault = await Should.ThrowAsync<InstallationFault>(() => ApplyAsync(node, $$"""
            { "connections": { "zayono-live": {{Documents.Zayono}}, "Zayono": {{Documents.Zayono}},
                "bad": { "provider": "zopay", "polling": { "slowest": "soon" } }, "worse": 5 }, "other": 1 }
            """));

        fault.Message.ShouldContain("connections.json");
        fault.Message.ShouldContain("connections.bad.polling.slowest: ");
        fault.Message.ShouldContain("connections.bad.api.credentials.secretKey: ");
        fault.Message.ShouldContain("connections.worse: ");
        fault.Message.ShouldContain("connections.Zayono: ");
        fault.Message.ShouldContain("other: ");
        (await node.RevisionAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8090")]
    [InlineData("http://simulator:8090")]
    public async Task That_the_simulator_writes_opens_a_connection_with_each_provider(string simulator)
    {
        await using var node = await ServiceNode.FirstAsync(postgres);
        var options = new SimulatorOptions();
        var keys = new PawaPayKeys(options);
        var service = new Uri("http://service:8080");
        var file = Simulator.Connections.ConnectionsFile.Write(new ConnectionBook(options, keys), keys, new Uri(simulator), service);

        await ApplyAsync(node, file.ToJsonString());

        await node.Registry.RefreshAsync();
        node.Registry.All.Select(open => open.Settings.Provider).Distinct().Count().ShouldBe(5);
        node.Registry.All.ShouldAllBe(open => open.Settings.Webhook.Verifies && open.Settings.Api.BaseUrl.AbsoluteUri.StartsWith(simulator));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{ }")]
    [InlineData("""{ "connections": [] }""")]
    [InlineData("""{ "connections": { "a": {}, "a": {} } }""")]
    public async Task That_is_no_such_file_is_refused_by_name(string text)
    {
        await using var node = await ServiceNode.FirstAsync(postgres);

        (await Should.ThrowAsync<InstallationFault>(() => ApplyAsync(node, text))).Message.ShouldContain("connections.json");
    }

    [Fact]
    public async Task That_is_not_there_is_refused_by_name()
    {
        await using var node = await ServiceNode.FirstAsync(postgres);

        const string file = "/nowhere/connections.json";
        var fault = await Should.ThrowAsync<InstallationFault>(() => node.File.ApplyAsync(file, CancellationToken.None));

        fault.Message.ShouldContain(file);
    }

    private static async Task ApplyAsync(ServiceNode node, string text)
    {
        var file = Path.Combine(node.Options.DataDirectory, "connections.json");
        await File.WriteAllTextAsync(file, text);
        await node.File.ApplyAsync(file, CancellationToken.None);
    }
}
