using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;

namespace Reconciler.Simulator.Tests;

/// <summary>A simulator on a free port, asked over real HTTP.</summary>
public sealed class RunningSimulator : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningSimulator(SimulatorOptions options, TimeProvider? clock) =>
        _app = SimulatorApp.Build(options with { Urls = "http://127.0.0.1:0" }, clock);

    public HttpClient Http { get; } = new();

    public Uri Url => new(_app.Urls.First());

    public static async Task<RunningSimulator> StartAsync(SimulatorOptions? options = null, TimeProvider? clock = null)
    {
        // Nobody listens at port 9 (discard): webhooks of tests that do not look at them go nowhere.
        var simulator = new RunningSimulator(options ?? new SimulatorOptions { Service = new Uri("http://127.0.0.1:9"), TimeFactor = 0 }, clock);
        await simulator._app.StartAsync();
        simulator.Http.BaseAddress = simulator.Url;
        return simulator;
    }

    /// <summary>Starts payouts by an order; returns what the simulator says of each.</summary>
    public async Task<IReadOnlyList<JsonElement>> StartPayoutsAsync(object order)
    {
        using var answer = await Http.PostAsJsonAsync("/sim/payouts", order);
        var body = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(201, body);
        return [.. JsonDocument.Parse(body).RootElement.GetProperty("payouts").EnumerateArray()];
    }

    public async Task<string> StartPayoutAsync(object order) =>
        (await StartPayoutsAsync(order)).Single().GetProperty("providerPayoutId").GetString()!;

    public async Task<JsonElement> GetAsync(string path) => (await Http.GetFromJsonAsync<JsonElement>(path)).Clone();

    public async Task<JsonElement> TruthAsync(string payoutId) =>
        (await GetAsync("/sim/truth?limit=5000")).GetProperty("items").EnumerateArray()
            .Single(truth => truth.GetProperty("providerPayoutId").GetString() == payoutId);

    /// <summary>A connection of the connections file.</summary>
    public async Task<JsonElement> ConnectionAsync(string key) => (await GetAsync("/sim/connections")).GetProperty("connections").GetProperty(key);

    public async Task<string> CredentialAsync(string key, string name) =>
        (await ConnectionAsync(key)).GetProperty("api").GetProperty("credentials").GetProperty(name).GetString()!;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
