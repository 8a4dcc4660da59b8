using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Reconciler.Simulator;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Connections;

public sealed class Checking_a_connection(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly WebApplication simulator = SimulatorApp.Build(new SimulatorOptions { Urls = "http://127.0.0.1:0", Service = new Uri("http://127.0.0.1:9") });
    private JsonObject connections = [];

    public async ValueTask InitializeAsync()
    {
        await simulator.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(simulator.Urls.First()) };
        connections = JsonNode.Parse(await http.GetStringAsync("/sim/connections?service=http://127.0.0.1:9"))!["connections"]!.AsObject();
    }

    [Fact]
    public async Task Says_of_each_provider_that_all_is_right_or_that_its_credentials_are_wrong()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        connections.Count.ShouldBeGreaterThanOrEqualTo(5);
        foreach (var (key, document) in connections)
        {
            await PutAsync(service, key, document!.DeepClone());
            var right = await CheckAsync(service, key);
            ((bool)right["ok"]!).ShouldBeTrue(right.ToJsonString());
            Verdicts(right)["reachable"].ShouldBe("right");
            Verdicts(right)["credentials"].ShouldBe("right");
            Verdicts(right)["clock"].ShouldBe("right");
            Verdicts(right)["answer"].ShouldBe("right");

            var wrong = document.DeepClone();
            var credentials = wrong["api"]!["credentials"]!.AsObject();
            foreach (var name in credentials.Select(pair => pair.Key).ToList()) credentials[name] = $"wrong-{name}";
            await PutAsync(service, key, wrong);
            var refused = await CheckAsync(service, key);
            ((bool)refused["ok"]!).ShouldBeFalse();
            Verdicts(refused)["reachable"].ShouldBe("right", key);
            Verdicts(refused)["credentials"].ShouldBe("wrong", refused.ToJsonString());
        }

        (await service.Http.GetStringAsync("/v1/audit?act=connection.checked")).ShouldContain("They are refused");
        (await Rows.CountAsync(service.ConnectionString, "mt_events")).ShouldBe(0);
        (await service.Http.PostAsync("/v1/connections/nobody/check", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Keeps_to_the_budget()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        var document = connections["zayono-sim"]!.DeepClone();
        document["polling"] = new JsonObject { ["budget"] = new JsonArray(new JsonObject { ["requests"] = 2, ["per"] = "1m" }) };
        await PutAsync(service, "zayono-sim", document);

        ((string)(await CheckAsync(service, "zayono-sim"))["findings"]!.AsArray().Last()!["says"]!).ShouldContain("2 in 1m");
        await CheckAsync(service, "zayono-sim");
        using var third = await service.Http.PostAsync("/v1/connections/zayono-sim/check", null);

        third.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        third.Headers.RetryAfter.ShouldNotBeNull();
    }

    [Fact]
    public async Task Tells_a_wrong_clock_and_a_wrong_address()
    {
        var clock = new StoppedClock(TimeProvider.System.GetUtcNow().AddSeconds(-90));
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        var document = connections["caurisflux-sim"]!.DeepClone();
        await PutAsync(service, "caurisflux-sim", document);
        var late = await CheckAsync(service, "caurisflux-sim");
        Verdicts(late)["clock"].ShouldBe("wrong");
        // The provider's Date is whole seconds and made once a second, so up to two behind; ours stands still while the test goes on.
        var behind = (int)Math.Ceiling((TimeProvider.System.GetUtcNow() - clock.Now).TotalSeconds);
        var told = Regex.Match(Says(late, "clock"), "^Our clock is ([0-9]+) s behind the provider's");
        told.Success.ShouldBeTrue(Says(late, "clock"));
        int.Parse(told.Groups[1].Value).ShouldBeInRange(88, behind);

        var baseUrl = (string)document["api"]!["baseUrl"]!;
        foreach (var (url, part, says) in ((string, string, string)[])[
            ("http://127.0.0.1:9", "reachable", "takes no connection"),
            ("https://no-such-host.invalid", "reachable", "is not known"),
            ("http://169.254.169.254", "reachable", "We do not connect there"),
            ($"{baseUrl}/elsewhere", "answer", "HTTP 404")])
        {
            document["api"]!["baseUrl"] = url;
            await PutAsync(service, "caurisflux-sim", document);
            var wrong = await CheckAsync(service, "caurisflux-sim");
            ((bool)wrong["ok"]!).ShouldBeFalse();
            Verdicts(wrong)[part].ShouldBe("wrong", wrong.ToJsonString());
            Says(wrong, part).ShouldContain(says);
        }
    }

    [Fact]
    public async Task Follows_no_redirect_and_trusts_no_certificate_of_its_own_making()
    {
        var asked = 0;
        await using var other = await ServeAsync(http => { asked++; http.Response.StatusCode = 200; }, null);
        await using var redirecting = await ServeAsync(http => http.Response.Redirect($"{other.Urls.First()}/stolen"), null);
        using var rsa = RSA.Create(2048);
        var asks = new CertificateRequest("CN=localhost", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = asks.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(70));
        await using var selfSigned = await ServeAsync(http => { asked++; http.Response.StatusCode = 200; }, certificate);
        await using var service = await ServiceHost.StartAsync(postgres);
        var document = connections["zayono-sim"]!.DeepClone();

        document["api"]!["baseUrl"] = redirecting.Urls.First();
        await PutAsync(service, "zayono-sim", document);
        var redirected = await CheckAsync(service, "zayono-sim");
        document["api"]!["baseUrl"] = selfSigned.Urls.First().Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        await PutAsync(service, "zayono-sim", document);
        var untrusted = await CheckAsync(service, "zayono-sim");

        Says(redirected, "answer").ShouldContain("HTTP 302");
        Verdicts(untrusted)["tls"].ShouldBe("wrong", untrusted.ToJsonString());
        asked.ShouldBe(0);
    }

    private static async Task<WebApplication> ServeAsync(Action<HttpContext> answer, X509Certificate2? certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null) listen.UseHttps(certificate);
        }));
        var app = builder.Build();
        app.MapFallback((HttpContext http) => answer(http));
        await app.StartAsync();
        return app;
    }

    private static async Task PutAsync(ServiceHost service, string key, JsonNode document)
    {
        using var put = await service.Http.PutAsJsonAsync($"/v1/connections/{key}", document);
        put.IsSuccessStatusCode.ShouldBeTrue(await put.Content.ReadAsStringAsync());
    }

    private static async Task<JsonNode> CheckAsync(ServiceHost service, string key)
    {
        using var answer = await service.Http.PostAsync($"/v1/connections/{key}/check", null);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    private static Dictionary<string, string> Verdicts(JsonNode answer) =>
        answer["findings"]!.AsArray().ToDictionary(one => (string)one!["part"]!, one => (string)one!["verdict"]!);

    private static string Says(JsonNode answer, string part) =>
        (string)answer["findings"]!.AsArray().Single(one => (string)one!["part"]! == part)!["says"]!;

    public ValueTask DisposeAsync() => simulator.DisposeAsync();
}
