using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Reconciler.Telemetry;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;
using Reconciler.Tests.Ingest;

namespace Reconciler.Tests.Connections;

public sealed class Registering_an_endpoint(PostgresFixture postgres)
{
    private const string KeyId = "HTTP_EC_P256_KEY:1";

    [Fact]
    public async Task Tells_what_to_enter_and_what_came()
    {
        await using var service = await ServiceHost.StartAsync(postgres, new StoppedClock(StoppedClock.Noon));
        await service.Http.PutAsync("/v1/connections/zopay-sandbox", new StringContent(Documents.ZoPay, Encoding.UTF8, "application/json"));

        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/connections/zopay-sandbox/endpoint"), "endpoint");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/connections/nobody/endpoint"), "endpoint-unknown");
        foreach (var key in (string[])["zopay-sandbox", "pawapay-test"])
            ((string)(await EndpointAsync(service, key))["where"]!).Length.ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task A_probe_arrives_signed_and_never_becomes_evidence()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await using var second = await service.AnotherAsync();

        var here = await ProbeAsync(service, "zopay-test");
        ((bool)here["ok"]!).ShouldBeTrue(here.ToJsonString());
        ((string)here["seen"]!["verdict"]!).ShouldBe("verified");
        ((string)here["seen"]!["verifiedBy"]!).ShouldBe("2026-11");
        // It may arrive at another node than the one that sent it.
        await PublishAsync(service, new Uri(second.Address, "/webhooks/zopay-test"));
        ((bool)(await ProbeAsync(service, "zopay-test"))["ok"]!).ShouldBeTrue();
        var unsigned = await ProbeAsync(service, "pawapay-test");
        ((bool)unsigned["signed"]!).ShouldBeFalse();
        unsigned["arrivedAt"].ShouldNotBeNull();

        foreach (var table in (string[])["evidence", "payouts", "mt_events", "rejected_deliveries", "delivery_tallies", "webhook_verifiers"])
            (await Rows.CountAsync(service.ConnectionString, table)).ShouldBe(0, table);
        (await service.Http.GetStringAsync("/v1/audit?act=connection.endpoint_tested")).ShouldContain("verified");
    }

    [Fact]
    public async Task A_probe_says_what_stands_in_the_way()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await using var altering = await ProxyAsync(service, body => [.. body, (byte)'\n'], "X-None");
        await using var stripping = await ProxyAsync(service, body => body, "X-Zo-Timestamp");
        await using var elsewhere = await ProxyAsync(null, body => body, "X-None");

        foreach (var (url, says) in ((string, string)[])[
            ($"{altering.Urls.First()}/webhooks/zopay-test", "alters the body"),
            ($"{stripping.Urls.First()}/webhooks/zopay-test", "takes it away"),
            ($"{elsewhere.Urls.First()}/webhooks/zopay-test", "would be lost"),
            ($"{service.Address}nowhere", "HTTP 404"),
            ("http://127.0.0.1:9/webhooks/zopay-test", "takes no connection"),
            ("http://169.254.169.254/webhooks/zopay-test", "We do not connect there")])
        {
            await PublishAsync(service, new Uri(url));
            var probe = await ProbeAsync(service, "zopay-test");
            ((bool)probe["ok"]!).ShouldBeFalse(url);
            probe["says"]!.ToJsonString().ShouldContain(says);
        }
    }

    [Fact]
    public async Task A_mark_of_somebody_elses_making_is_no_mark()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await ProbeAsync(service, "zopay-test");
        var mark = $"{Guid.CreateVersion7():N}.{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 50}.{new string('0', 64)}";
        foreach (var (text, payout) in ((string, string)[])[(mark, "marked"), ("", "empty"), ("a.b.c", "short"), (mark + ".x", "long")])
        {
            using var request = ZoPaySender.Signed(ZoPaySender.Body(payout), "zopay-test");
            request.Headers.TryAddWithoutValidation("Reconciler-Probe", text);
            (await service.Anonymous.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        (await Rows.CountAsync(service.ConnectionString, "payouts")).ShouldBe(4);
    }

    [Fact]
    public async Task Each_way_to_be_wrong_is_told_apart_inside_and_looks_the_same_outside()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await service.Http.PutAsJsonAsync("/v1/connections/pawapay-test", new
        {
            provider = "pawapay", environment = "sandbox", api = new { baseUrl = "http://127.0.0.1:1" },
            webhook = new { keys = new[] { new { id = KeyId, pem = ec.ExportSubjectPublicKeyInfoPem() } } },
        });
        var counted = new Dictionary<string, long>();
        using var listener = new MeterListener();
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            var verdict = tags.ToArray().Single(tag => tag.Key == "verdict").Value as string ?? "";
            lock (counted) counted[verdict] = counted.GetValueOrDefault(verdict) + count;
        });
        listener.EnableMeasurementEvents(Measures.Deliveries);

        var bodies = new HashSet<string>();
        foreach (var (request, reason, connection) in Wrong(ec))
        {
            using var answer = await service.Anonymous.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, reason);
            bodies.Add($"{string.Join('|', answer.Headers.Where(header => header.Key != "Date").Select(header => header.Key))} {await answer.Content.ReadAsStringAsync()}");
            var shown = (await EndpointAsync(service, connection))["verdicts"]!.AsArray().Single(one => (string)one!["verdict"]! == reason)!;
            ((long)shown["deliveries"]!).ShouldBe(1, reason);
            ((string)shown["says"]!).Length.ShouldBeGreaterThan(20);
            lock (counted) counted.GetValueOrDefault(reason).ShouldBeGreaterThanOrEqualTo(1, reason);
        }

        bodies.Count.ShouldBe(1);
        ((decimal)(await EndpointAsync(service, "zopay-test"))["shareVerified"]!).ShouldBe(0);
        (await service.Http.GetStringAsync("/v1/connections/zopay-test/endpoint")).ShouldNotContain("altered_body");
        using var browser = await Access.Browser.SignedInAsync(service);
        var page = await browser.Http.GetStringAsync("/connections/zopay-test");
        foreach (var words in (string[])["wrong signature", "stale", "missing header", "too far from our clock"]) page.ShouldContain(words);
    }

    [Fact]
    public async Task Counts_are_written_now_and_then_and_not_for_each_delivery()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        for (var number = 0; number < 50; number++)
            (await service.Anonymous.SendAsync(ZoPaySender.Signed(ZoPaySender.Body($"one-{number}"), "zopay-test"))).StatusCode.ShouldBe(HttpStatusCode.OK);

        await Waits.UntilAsync(async () => await Rows.CountAsync(service.ConnectionString, "delivery_tallies") > 0);
        await Waits.UntilAsync(async () => await Rows.OneAsync<long>(service.ConnectionString, "select sum(deliveries)::bigint from reconciler.delivery_tallies") == 50);
        (await Rows.OneAsync<long>(service.ConnectionString, "select deliveries from reconciler.webhook_verifiers where verifier = '2026-11'")).ShouldBe(50);
        var endpoint = await EndpointAsync(service, "zopay-test");
        ((string)endpoint["lastVerifiedBy"]!).ShouldBe("2026-11");
        ((decimal)endpoint["shareVerified"]!).ShouldBe(1);
        endpoint["firstDeliveryAt"].ShouldNotBeNull();
    }

    private static IEnumerable<(HttpRequestMessage Request, string Reason, string Connection)> Wrong(ECDsa key)
    {
        var body = ZoPaySender.Body("wrong");
        yield return (ZoPaySender.Signed(body, "zopay-test", "whsec_guessed"), "wrong_signature", "zopay-test");
        yield return (ZoPaySender.Unsigned(body, "zopay-test"), "missing_header", "zopay-test");
        var stale = ZoPaySender.Unsigned(body, "zopay-test");
        var then = $"{TimeProvider.System.GetUtcNow().AddMinutes(-10).ToUnixTimeMilliseconds()}";
        stale.Headers.Add("X-Zo-Timestamp", then);
        stale.Headers.Add("X-Zo-Signature", Convert.ToHexStringLower(HMACSHA256.HashData("whsec_test"u8, [.. Encoding.ASCII.GetBytes($"{then}."), .. body])));
        yield return (stale, "stale", "zopay-test");
        yield return (Callback(key, KeyId, isAltered: true), "altered_body", "pawapay-test");
        yield return (Callback(key, "HTTP_EC_P256_KEY:9", isAltered: false), "unknown_key", "pawapay-test");
        yield return (Callback(ECDsa.Create(ECCurve.NamedCurves.nistP256), KeyId, isAltered: false), "wrong_signature", "pawapay-test");
    }

    // As pawaPay documents it, by hand: what is covered is what our own verification demands at the least.
    private static HttpRequestMessage Callback(ECDsa key, string keyId, bool isAltered)
    {
        var body = Encoding.UTF8.GetBytes("""{"payoutId":"0b4b3a2c-7d2b-4b3e-9a51-64f1b7f5b8f1","status":"COMPLETED"}""");
        var digest = $"sha-512=:{Convert.ToBase64String(SHA512.HashData(body))}:";
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var input = $"""("@method" "@path" "content-digest");alg="ecdsa-p256-sha256";keyid="{keyId}";created={now};expires={now + 60}""";
        var signed = $"\"@method\": POST\n\"@path\": /webhooks/pawapay-test\n\"content-digest\": {digest}\n\"@signature-params\": {input}";
        var signature = Convert.ToBase64String(key.SignData(Encoding.UTF8.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        var request = ZoPaySender.Unsigned(isAltered ? [.. body, (byte)' '] : body, "pawapay-test");
        request.Headers.TryAddWithoutValidation("Content-Digest", digest);
        request.Headers.TryAddWithoutValidation("Signature-Input", $"sig-pp={input}");
        request.Headers.TryAddWithoutValidation("Signature", $"sig-pp=:{signature}:");
        return request;
    }

    private static async Task PublishAsync(ServiceHost service, Uri url)
    {
        var document = (await service.Http.GetFromJsonAsync<JsonNode>("/v1/connections/zopay-test"))!;
        document["webhook"]!["publicUrl"] = url.AbsoluteUri;
        (await service.Http.PutAsJsonAsync("/v1/connections/zopay-test", document)).StatusCode.ShouldBe(HttpStatusCode.OK);
        // Where another node gets it, that one has to know it, too.
        await Task.Delay(Reconciler.Connections.ConnectionRegistry.LookInterval, TimeProvider.System);
    }

    private static async Task<WebApplication> ProxyAsync(ServiceHost? service, Func<byte[], byte[]> altered, string without)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapFallback(async (HttpContext http) =>
        {
            if (service is null) return;
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(service.Address, http.Request.Path)) { Content = new ByteArrayContent(altered(body.ToArray())) };
            foreach (var (name, values) in http.Request.Headers.Where(header => header.Key.Contains('-') && header.Key != without))
                if (!name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)) request.Headers.TryAddWithoutValidation(name, values.ToArray());
            using var answer = await service.Anonymous.SendAsync(request);
            http.Response.StatusCode = (int)answer.StatusCode;
        });
        await app.StartAsync();
        return app;
    }

    private static async Task<JsonNode> EndpointAsync(ServiceHost service, string key) =>
        (await service.Http.GetFromJsonAsync<JsonNode>($"/v1/connections/{key}/endpoint"))!;

    private static async Task<JsonNode> ProbeAsync(ServiceHost service, string key)
    {
        using var answer = await service.Http.PostAsync($"/v1/connections/{key}/endpoint/test", null);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }
}
