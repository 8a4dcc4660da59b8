using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Reconciler.Appending;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Hosting;
using Reconciler.Simulator;
using Reconciler.Streams;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Polling;

/// <summary>Nodes of the service over one database, asking a simulated provider, with a polling policy of the test's own.</summary>
public sealed class PollingBench : IAsyncDisposable
{
    internal const string ZoPay = "zopay-sim";

    /// <summary>Its requests carry no time that the provider would look at.</summary>
    internal const string Zayono = "zayono-sim";

    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(40);

    private readonly WebApplication simulator;
    private readonly HttpClient http;
    private readonly TemporaryFolder folder;
    private readonly List<ServiceHost> nodes = [];

    private PollingBench(WebApplication simulator, TemporaryFolder folder, string connection)
    {
        (this.simulator, this.folder, Connection) = (simulator, folder, connection);
        http = new HttpClient { BaseAddress = new Uri(simulator.Urls.First()) };
    }

    internal string Connection { get; }

    internal IReadOnlyList<ServiceHost> Nodes => nodes;

    internal ServiceHost Node => nodes[0];

    /// <param name="polling">The connection's <c>polling</c>.</param>
    /// <param name="baseUrl">Another place than the simulator, like a port where nobody listens.</param>
    /// <param name="ownClock">The last node's, where it differs from the database's.</param>
    /// <param name="clock">All nodes' and the database's. Null: the system's.</param>
    internal static async Task<PollingBench> StartAsync(
        PostgresFixture postgres, JsonObject polling, int nodes = 1, string? baseUrl = null, TimeProvider? ownClock = null, string at = ZoPay,
        TimeProvider? clock = null)
    {
        // Its webhooks go nowhere: what these tests are about is silence.
        var simulator = SimulatorApp.Build(
            new SimulatorOptions { Urls = "http://127.0.0.1:0", Service = new Uri("http://127.0.0.1:9"), SlowMs = 1500 });
        await simulator.StartAsync();
        var bench = new PollingBench(simulator, TemporaryFolder.New(), at);
        var document = JsonNode.Parse(await bench.http.GetStringAsync("/sim/connections?service=http://127.0.0.1:9"))!;
        var connection = document["connections"]![at]!.DeepClone();
        connection["polling"] = polling;
        if (baseUrl is not null) connection["api"]!["baseUrl"] = baseUrl;
        var file = Path.Combine(bench.folder.Path, "connections.json");
        await File.WriteAllTextAsync(file, new JsonObject { ["connections"] = new JsonObject { [at] = connection } }.ToJsonString());
        var database = await postgres.NewDatabaseAsync();
        for (var node = 0; node < nodes; node++)
        {
            var settings = new Dictionary<string, string?> { ["ConnectionStrings:reconciler"] = database, ["Reconciler:ConnectionsFile"] = file };
            bench.nodes.Add(await ServiceHost.StartAsync(postgres, clock, settings, ownClock: node == nodes - 1 ? ownClock : null));
        }

        return bench;
    }

    /// <summary>Starts payouts at the provider and announces them here. No webhook of theirs arrives.</summary>
    /// <param name="order">Members of an order beside connection, count and amount.</param>
    internal async Task<IReadOnlyList<PayoutId>> PayAsync(int count, JsonObject order)
    {
        order["connection"] = Connection;
        order["count"] = count;
        order["amount"] = 5000;
        order["currency"] = "XAF";
        order["webhooks"] = new JsonObject { ["drop"] = true };
        using var started = await http.PostAsJsonAsync("/sim/payouts", order);
        started.EnsureSuccessStatusCode();
        var ids = JsonNode.Parse(await started.Content.ReadAsStringAsync())!["payouts"]!.AsArray()
            .Select(one => (string)one!["providerPayoutId"]!).ToList();
        var lines = string.Join('\n', ids.Select(id => JsonSerializer.Serialize(
            new { connection = Connection, providerPayoutId = id, reference = $"ref-{id}", amount = "5000", currency = "XAF" })));
        using var announced = await Node.Http.PostAsync("/v1/payouts", new StringContent(lines, null, "application/x-ndjson"));
        announced.EnsureSuccessStatusCode();
        return [.. ids.Select(id => PayoutId.Parse($"{Connection}/{id}"))];
    }

    /// <summary>A verified webhook, as ingest appends it.</summary>
    internal async Task HearAsync(PayoutId payout, ObservedStatus status, DateTimeOffset at, VerifyFinal verifyFinal = VerifyFinal.Contested)
    {
        var connection = Node.Services.GetRequiredService<ConnectionRegistry>().Find(Connection)!;
        var body = System.Text.Encoding.UTF8.GetBytes($"{payout} {status} {at:O}");
        var received = new WebhookReceived(
            payout, at, EvidenceDigest.Of(body), new Observation(status, status.Word(), null, null, null, null, null, null),
            Verified: true, "test", DeliveryId: null, verifyFinal);
        await Node.AppendAsync(new KeepDelivery(
            new Evidence(payout.Connection, connection.Settings.Provider, received.Digest, EvidenceKind.Delivery, payout.StreamId, body, "text/plain", "{}"u8.ToArray(), null,
                "test", null, null, at),
            received, connection.Settings.Polling));
    }

    internal async Task<IReadOnlyList<PayoutEvent>> EventsAsync(PayoutId payout)
    {
        await using var session = await Node.Database.OpenConnectionAsync();
        var stored = await new EventReader(PayoutStreams.Registry).ReadStreamAsync(session, payout.StreamId);
        return [.. stored.Select(one => (PayoutEvent)one.Event)];
    }

    internal async Task<T?> ValueAsync<T>(string sql)
    {
        await using var query = Node.Database.CreateCommand(sql);
        return await query.ExecuteScalarAsync() is T value ? value : default;
    }

    internal async Task<IReadOnlyList<DateTimeOffset>> AnsweredAtAsync()
    {
        await using var query = Node.Database.CreateCommand(
            "select (data ->> 'observedAt')::timestamptz from reconciler.mt_events where type = 'poll_answered' order by 1");
        var times = new List<DateTimeOffset>();
        await using var rows = await query.ExecuteReaderAsync();
        while (await rows.ReadAsync()) times.Add(rows.GetFieldValue<DateTimeOffset>(0));
        return times;
    }

    internal Task AllAreFinalAsync(int payouts) => UntilAsync(
        async () => await ValueAsync<long>("select count(*) from reconciler.payouts where final") == payouts, "all are final");

    internal static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            if (TimeProvider.System.GetElapsedTime(started) > WaitMax) throw new TimeoutException($"Not within {WaitMax.TotalSeconds} s: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes) await node.DisposeAsync();
        http.Dispose();
        await simulator.DisposeAsync();
        folder.Dispose();
    }
}
