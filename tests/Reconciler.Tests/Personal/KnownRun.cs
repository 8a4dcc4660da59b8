using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Reconciler.Simulator;
using Reconciler.Tests.Access;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Faults;
using Reconciler.Tests.Ingest;

namespace Reconciler.Tests.Personal;

/// <summary>A service as a process of its own that logs all it can and exports its traces, the five providers, and people with known names.</summary>
internal sealed class KnownRun : IAsyncDisposable
{
    private const string Password = "the first password";
    private const string OtherPassword = "and quite another one";
    private const int PayoutsPerPerson = 4;

    private readonly WebApplication simulator;
    private readonly HttpClient control;
    private readonly TemporaryFolder folder = TemporaryFolder.New();
    private readonly Dictionary<string, List<string>> payouts = [];

    private bool hasEnded;

    private KnownRun(WebApplication simulator, Collector collector)
    {
        (this.simulator, Collector) = (simulator, collector);
        control = new HttpClient { BaseAddress = new Uri(simulator.Urls.First()) };
    }

    public Collector Collector { get; }

    public ServiceProcess Service { get; private set; } = null!;

    public string Database { get; private set; } = null!;

    public IReadOnlyList<KnownPerson> People { get; private set; } = [];

    public IReadOnlyList<string> Secrets { get; private set; } = [];

    /// <summary>Stream ids with the person that each pays.</summary>
    public IEnumerable<(string Payout, KnownPerson Person)> Payouts => People.SelectMany(person => payouts[person.Connection].Select(id => ($"{person.Connection}/{id}", person)));

    public byte[] MasterKey => Convert.FromBase64String(File.ReadAllText(Path.Combine(folder.Path, "data", "master-key")).Trim());

    public static async Task<KnownRun> StartAsync(PostgresFixture postgres)
    {
        var simulator = SimulatorApp.Build(new SimulatorOptions { Urls = "http://127.0.0.1:0", Service = new Uri("http://127.0.0.1:9"), TimeFactor = 0.001m });
        await simulator.StartAsync();
        var run = new KnownRun(simulator, await Collector.StartAsync());
        var document = JsonNode.Parse(await run.control.GetStringAsync("/sim/connections?service=http://127.0.0.1:9"))!;
        run.People = KnownPerson.On(document["connections"]!.AsObject().Select(connection => connection.Key));
        foreach (var (_, connection) in document["connections"]!.AsObject()) connection!["polling"]!["silence"] = new JsonArray("1s");
        run.Database = await postgres.NewDatabaseAsync();
        run.Service = await ServiceProcess.StartAsync(run.folder, run.Database, document.ToJsonString(), new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = run.Collector.Address.ToString(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["Logging__LogLevel__Default"] = "Trace",
            ["Logging__LogLevel__System.Net.Http"] = "Trace",
            ["Reconciler__FirstUser__Name"] = "first",
            ["Reconciler__FirstUser__Password"] = Password,
        }, logLinesMax: int.MaxValue);
        // RFC 9421 covers the address that is called: where that is was not known before.
        foreach (var (key, connection) in document["connections"]!.AsObject())
        {
            var webhook = new Uri(run.Service.Http.BaseAddress!, $"webhooks/{key}");
            connection!["webhook"]!["publicUrl"] = webhook.ToString();
            (await run.Service.Http.PutAsJsonAsync($"/v1/connections/{key}", connection)).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await run.control.PutAsJsonAsync($"/sim/connections/{key}", new { webhookUrl = webhook })).EnsureSuccessStatusCode();
        }

        run.Secrets =
        [
            ServiceProcess.AdminKey, Password, OtherPassword, Convert.ToBase64String(run.MasterKey),
            .. document["connections"]!.AsObject().SelectMany(connection => SecretsOf(connection.Value!)).Where(secret => secret.Length >= 12 && !secret.Contains("://")),
        ];
        return run;
    }

    /// <summary>Everybody is paid several times, with every fault that the providers know.</summary>
    public async Task PayAsync()
    {
        foreach (var person in People)
        {
            var order = new JsonObject
            {
                ["connection"] = person.Connection, ["count"] = PayoutsPerPerson, ["recipient"] = $"+{person.Digits}", ["outcome"] = "succeeded",
                ["finalAfterMs"] = 1_500, ["pendingForMs"] = 200, ["webhooks"] = new JsonObject { ["duplicate"] = 1, ["forge"] = true, ["alter"] = true },
                ["polls"] = new JsonObject { ["errors"] = new JsonArray(new JsonObject { ["kind"] = "500", ["times"] = 1 }, new JsonObject { ["kind"] = "html", ["times"] = 1 }) },
            };
            payouts[person.Connection] = await OrderAsync(order);
            order["outcome"] = "failed";
            order["failureCode"] = person.Complaint;
            order["run"] = "failing";
            payouts[person.Connection].AddRange(await OrderAsync((JsonObject)order.DeepClone()));
            var lines = payouts[person.Connection].Select(id => JsonSerializer.Serialize(new
            {
                connection = person.Connection, providerPayoutId = id, reference = $"ref-{id}", amount = "5000", currency = "XAF", recipient = $"+{person.Spaced}",
                metadata = new { employee = person.Name, mail = person.Mail },
            }));
            // The same again, and with other metadata: 409, which must not tell what was said before.
            for (var time = 0; time < 2; time++) await AnnounceAsync(string.Join('\n', lines));
            (await AnnounceAsync(string.Join('\n', lines.Select(line => line.Replace(person.Name, $"{person.Name} x"))))).ShouldContain("409");
        }
    }

    /// <summary>Questions about people, by the API and by pages, and questions that go wrong.</summary>
    public async Task AskAsync()
    {
        using var browser = new Browser(Service.Http.BaseAddress!);
        (await browser.Http.GetAsync($"/payouts?q={People[0].Digits}")).StatusCode.ShouldBe(HttpStatusCode.Found);
        (await browser.SignInAsync("first", Password)).StatusCode.ShouldBe(HttpStatusCode.Found);
        (await browser.PostAsync("/password", "/password", new() { ["current"] = Password, ["wanted"] = OtherPassword, ["again"] = OtherPassword })).StatusCode.ShouldBe(HttpStatusCode.Found);
        foreach (var (payout, person) in Payouts)
        {
            foreach (var word in person.Words)
            {
                foreach (var address in (string[])["/v1/payouts?q=", "/v1/payouts?recipient=", "/v1/summary?q=", "/payouts?q=", "/payouts?recipient="])
                {
                    var answer = await (address.StartsWith("/v1", StringComparison.Ordinal) ? Service.Http : browser.Http).GetAsync(address + Uri.EscapeDataString(word));
                    ((int)answer.StatusCode).ShouldBeOneOf(200, 302, 422);
                }
            }

            (await browser.Http.GetAsync($"/payouts/{payout}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        await browser.PostAsync("/payouts", "/views/payouts", new() { ["view"] = "hers", ["query"] = $"recipient={Uri.EscapeDataString("+" + People[0].Digits)}" });
        await browser.PostAsync("/payouts", "/views/payouts", new() { ["view"] = "hers", ["query"] = $"q={People[0].Digits}" });
        foreach (var person in People)
            await Service.SendAsync(ZoPaySender.Unsigned(System.Text.Encoding.UTF8.GetBytes($$"""{"to":"{{person.Name}} {{person.Digits}}"}"""), person.Connection));
    }

    /// <summary>The database cannot answer: what was asked stands in faults.</summary>
    public async Task BreakAsync()
    {
        await Rows.RunAsync(Database, "alter table reconciler.payouts rename to hidden");
        try
        {
            foreach (var person in People)
            {
                ((int)(await Service.Http.GetAsync($"/v1/payouts?recipient=%2B{person.Digits}")).StatusCode).ShouldBeGreaterThanOrEqualTo(500);
                var announcement = JsonSerializer.Serialize(new { connection = person.Connection, providerPayoutId = "late", reference = "r", amount = "5000", currency = "XAF", recipient = person.Spaced, metadata = new { person.Name, person.Mail } });
                ((int)(await Service.Http.PostAsync("/v1/payouts", new StringContent(announcement, null, "application/json"))).StatusCode).ShouldBeGreaterThanOrEqualTo(500);
            }
        }
        finally
        {
            await Rows.RunAsync(Database, "alter table reconciler.hidden rename to payouts");
        }
    }

    /// <summary>The service ends: by then it has logged and exported all that it will.</summary>
    public async Task EndAsync()
    {
        if (hasEnded) return;
        hasEnded = true;
        await Service.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Service is not null) await EndAsync();
        control.Dispose();
        await simulator.DisposeAsync();
        await Collector.DisposeAsync();
        folder.Dispose();
    }

    private async Task<List<string>> OrderAsync(JsonObject order)
    {
        using var started = await control.PostAsJsonAsync("/sim/payouts", order);
        var body = await started.Content.ReadAsStringAsync();
        started.StatusCode.ShouldBe(HttpStatusCode.Created, body);
        return [.. JsonNode.Parse(body)!["payouts"]!.AsArray().Select(one => (string)one!["providerPayoutId"]!)];
    }

    private async Task<string> AnnounceAsync(string lines)
    {
        using var announced = await Service.Http.PostAsync("/v1/payouts", new StringContent(lines, null, "application/x-ndjson"));
        return await announced.Content.ReadAsStringAsync();
    }

    private static IEnumerable<string> SecretsOf(JsonNode connection) =>
        (connection["api"]!["credentials"] as JsonObject ?? []).Select(credential => (string)credential.Value!)
        .Concat((connection["webhook"]!["secrets"] as JsonArray ?? []).Select(secret => (string)secret!["secret"]!));
}
