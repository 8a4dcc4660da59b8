using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Reconciler.Core;
using Reconciler.Finance;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Finance;

public sealed class Reading_a_payout(PostgresFixture postgres)
{
    private static readonly DateTimeOffset Noon = StoppedClock.Noon;
    private readonly StoppedClock clock = new(StoppedClock.Noon);

    [Fact]
    public async Task Shows_what_holds_why_and_every_word_of_it()
    {
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        await RegisterAsync(service, "p-1");
        await HearAsync(service, "p-1", ObservedStatus.Processing, Noon.AddSeconds(5));
        var failed = await HearAsync(service, "p-1", ObservedStatus.Failed, Noon.AddSeconds(20));
        clock.Now = Noon.AddSeconds(60);
        await service.AppendAsync(Evidences.Answered("p-1", ObservedStatus.Succeeded, clock.Now, occurredAt: Noon.AddSeconds(15)));

        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/payouts/zopay-test/p-1"), "payout");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/payouts/zopay-test/p-1/why"), "payout-why");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/payouts/zopay-test/p-1/events"), "payout-events");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/payouts/zopay-test/p-1/events?after=2&limit=1"), "payout-events-page");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync($"/v1/payouts/zopay-test/p-1/evidence/{failed}"), "payout-evidence");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/discrepancies?payout=zopay-test/p-1&open=true"), "discrepancies");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/changes"), "changes");
    }

    [Fact]
    public async Task As_known_then_and_as_it_was_then_differ_by_what_we_learned_late()
    {
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        await RegisterAsync(service, "p-1");
        clock.Now = Noon.AddHours(2);
        await service.AppendAsync(Evidences.Answered("p-1", ObservedStatus.Succeeded, clock.Now, occurredAt: Noon.AddMinutes(1)));

        (await StatusAsync("knownAt=2026-11-21T13:00:00Z")).ShouldBe(("pending", "expected"));
        (await StatusAsync("asOf=2026-11-21T13:00:00Z")).ShouldBe(("succeeded", "confirmed"));
        (await StatusAsync("asOf=2026-11-21T12:00:30Z")).ShouldBe(("pending", "expected"));
        (await StatusAsync("asOf=2026-11-21T13:00:00Z&knownAt=2026-11-21T13:00:00Z")).ShouldBe(("pending", "expected"));
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/payouts/zopay-test/p-1?asOf=2026-11-21T13:00:00Z"), "payout-as-of");
        (await service.Http.GetAsync("/v1/payouts/zopay-test/p-1?knownAt=2026-11-20")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/payouts/zopay-test/p-1?asOf=yesterday&until=2"), "payout-query-refused");

        async Task<(string, string)> StatusAsync(string query)
        {
            var payout = await service.Http.GetFromJsonAsync<JsonNode>($"/v1/payouts/zopay-test/p-1?{query}");
            return ((string)payout!["status"]!, (string)payout["confidence"]!);
        }
    }

    [Theory]
    [InlineData("a/b", "a/b")]
    [InlineData("a/b", "a%2Fb")]
    [InlineData("a//b/", "a//b%2F")]
    [InlineData("x/events", "x%2Fevents")]
    [InlineData("events", "events")]
    [InlineData("why/poll", "why%2Fpoll")]
    [InlineData("50%2F", "50%252F")]
    [InlineData("é ?#&+", "%C3%A9%20%3F%23%26+")]
    [InlineData("evidence/1", "evidence/1")]
    public async Task Finds_an_id_whatever_is_in_it(string id, string inPath)
    {
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        await RegisterAsync(service, id);

        var found = await GetRawAsync(service, $"/v1/payouts/zopay-test/{inPath}");
        ((string)found!["providerPayoutId"]!).ShouldBe(id);
        var events = await GetRawAsync(service, $"/v1/payouts/zopay-test/{inPath}/events");
        ((string)events!["payout"]!).ShouldBe($"zopay-test/{id}");
        (await GetRawAsync(service, $"{PayoutPaths.Of(PayoutId.Parse($"zopay-test/{id}"))}/why"))!["payout"]!.GetValue<string>().ShouldBe($"zopay-test/{id}");
    }

    [Fact]
    public async Task Answers_304_while_nothing_was_added()
    {
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        await RegisterAsync(service, "p-1");
        var first = await service.Http.GetAsync("/v1/payouts/zopay-test/p-1");

        (await GetIfNoneMatchAsync()).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        await HearAsync(service, "p-1", ObservedStatus.Processing, Noon.AddSeconds(5));
        (await GetIfNoneMatchAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);

        Task<HttpResponseMessage> GetIfNoneMatchAsync()
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/v1/payouts/zopay-test/p-1");
            request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
            return service.Http.SendAsync(request);
        }
    }

    [Fact]
    public async Task Gives_kept_bytes_out_as_they_came_and_never_to_run()
    {
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        var heard = Evidences.Heard("p-1", ObservedStatus.Succeeded, Noon);
        await service.AppendAsync(heard);
        var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/payouts/zopay-test/p-1/evidence/{heard.Evidence.Digest}");
        request.Headers.Accept.ParseAdd("application/octet-stream");

        var response = await service.Http.SendAsync(request);

        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(heard.Evidence.Body);
        response.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
    }

    [Fact]
    public async Task Does_not_give_one_payouts_bytes_out_under_another()
    {
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        var digest = await HearAsync(service, "p-1", ObservedStatus.Succeeded, Noon);
        await RegisterAsync(service, "p-2");

        await Golden.ShouldMatchAsync(await service.Http.GetAsync($"/v1/payouts/zopay-test/p-2/evidence/{digest}"), "evidence-unknown");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/payouts/zopay-test/p-3"), "payout-unknown");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/discrepancies/1"), "discrepancy-unknown");
        foreach (var part in (string[])["", "/events", "/why"])
            (await service.Http.GetAsync($"/v1/payouts/zopay-test/p-3{part}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Asking_a_provider_that_is_away_moves_nothing_and_says_so()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await RegisterAsync(service, "p-1");
        await Golden.ShouldMatchAsync(await service.Http.PostAsync("/v1/payouts/zopay-test/p-2/poll", null), "poll-unknown");

        // Until the silence clock knows the connection it says 429.
        HttpResponseMessage? answer = null;
        await Waits.UntilAsync(async () =>
        {
            answer = await service.Http.PostAsync("/v1/payouts/zopay-test/p-1/poll", null);
            return answer.StatusCode != HttpStatusCode.TooManyRequests;
        });

        await Golden.ShouldMatchAsync(answer!, "poll-no-answer");
    }

    private static async Task<EvidenceDigest> HearAsync(ServiceHost service, string id, ObservedStatus status, DateTimeOffset at)
    {
        var heard = Evidences.Heard(id, status, at);
        await service.AppendAsync(heard);
        return heard.Evidence.Digest;
    }

    private static async Task RegisterAsync(ServiceHost service, string id) =>
        (await service.Http.PostAsJsonAsync(
            "/v1/payouts", new { connection = "zopay-test", providerPayoutId = id, reference = "r-1", amount = "5000", currency = "XOF" }))
            .StatusCode.ShouldBe(HttpStatusCode.Created);

    // Sent as it is: a client would tidy the path up.
    private static async Task<JsonNode?> GetRawAsync(ServiceHost service, string path)
    {
        var address = new Uri(service.Address.ToString().TrimEnd('/') + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var response = await service.Http.GetAsync(address);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        return await response.Content.ReadFromJsonAsync<JsonNode>();
    }
}
