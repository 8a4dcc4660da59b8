using System.Net;
using System.Text;
using Reconciler.Core;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Finance;

public sealed class Summing_up(PostgresFixture postgres)
{
    // Nothing falls due while these tests look: an overdue case would be one more change.
    private static readonly PollingPolicy Patient = PollingPolicy.Default with
    {
        Silence = [TimeSpan.FromDays(30)], Slowest = TimeSpan.FromDays(60), Deadline = TimeSpan.FromDays(60),
    };

    private readonly StoppedClock clock = new(StoppedClock.Noon);

    [Fact]
    public async Task By_day_connection_status_and_currency_with_the_ages_of_what_is_not_final()
    {
        await using var service = await FilledAsync();

        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/summary"), "summary");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/summary?by=status&from=2026-11-21&final=true"), "summary-by-status");
        await Golden.ShouldMatchAsync(await AsCsvAsync(service, "/v1/summary?bom=true"), "summary-csv");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/summary?by=month&knownAt=2027-01-01&status=lost&limit=3"), "summary-refused");
    }

    [Fact]
    public async Task What_was_known_stays_the_same_to_the_byte_after_a_reversal()
    {
        await using var service = await FilledAsync();
        string[] addresses =
        [
            "/v1/summary?knownAt=2026-11-21T12:00:00Z", "/v1/payouts?knownAt=2026-11-21T12:00:00Z&limit=2", "/v1/payouts?knownAt=2026-11-21T12:00:00Z&status=succeeded",
            "/v1/payouts?knownAt=2026-11-20T12:00:00Z", "/v1/summary?knownAt=2026-11-20T12:00:00Z&by=status",
        ];
        var (before, csvBefore) = (await ReadAsync(), await (await AsCsvAsync(service, addresses[0].Replace("summary", "payouts"))).Content.ReadAsByteArrayAsync());
        await Golden.ShouldMatchAsync(await service.Http.GetAsync(addresses[1]), "payouts-known");
        await Golden.ShouldMatchAsync(await AsCsvAsync(service, addresses[0].Replace("summary", "payouts")), "payouts-known-csv");

        // At the very same moment, and later: neither was known then.
        await service.AppendAsync(Evidences.Answered("done", ObservedStatus.Failed, clock.Now));
        clock.Now = clock.Now.AddDays(2);
        await service.AppendAsync(Evidences.Answered("waits", ObservedStatus.Succeeded, clock.Now));
        await service.AppendAsync(Evidences.Heard("new", ObservedStatus.Processing, clock.Now));

        (await ReadAsync()).ShouldBe(before);
        (await (await AsCsvAsync(service, addresses[0].Replace("summary", "payouts"))).Content.ReadAsByteArrayAsync()).ShouldBe(csvBefore);
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/payouts?knownAt=2027-01-01&recipient=1"), "payouts-known-refused");

        async Task<string[]> ReadAsync() => await Task.WhenAll(addresses.Select(service.Http.GetStringAsync));
    }

    [Fact]
    public async Task A_phone_number_is_found_by_its_end_or_by_all_of_it()
    {
        await using var service = await FilledAsync();
        foreach (var (q, found) in ((string, int)[])[("4567", 4), ("4568", 0), ("567", 0), ("+221 77 000 00 01", 1), ("0001", 1), ("00221770000001", 1), ("770000001", 0)])
        {
            var page = await service.Http.GetStringAsync($"/v1/payouts?q={Uri.EscapeDataString(q)}");
            page.Split("\"providerPayoutId\"").Length.ShouldBe(found + 1, q);
        }
    }

    [Theory]
    [InlineData("a/b/c")]
    [InlineData("a b%2Fc")]
    [InlineData("\u202Egnp.exe")]
    [InlineData("=HYPERLINK(\"x\")")]
    public async Task Hostile_ids_are_listed_exported_and_reached(string id)
    {
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        await service.AppendAsync(Evidences.Heard(id, ObservedStatus.Succeeded, clock.Now));

        foreach (var query in (string[])["status=succeeded", $"q={Uri.EscapeDataString(id)}", $"knownAt=2026-11-21T12:00:00Z&q={Uri.EscapeDataString(id)}"])
            (await service.Http.GetStringAsync($"/v1/payouts?{query}")).Split("\"providerPayoutId\"").Length.ShouldBe(2, query);
        (await service.Http.GetAsync($"/v1/payouts/zopay-test/{Uri.EscapeDataString(id)}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var csv = Encoding.UTF8.GetString(await (await AsCsvAsync(service, "/v1/payouts?knownAt=2026-11-21T12:00:00Z")).Content.ReadAsByteArrayAsync());
        csv.Split("\r\n")[1].Split(',').ShouldAllBe(cell => cell.Length == 0 || !"=+-@\t\r".Contains(cell.TrimStart('"')[0]));
    }

    private static Task<HttpResponseMessage> AsCsvAsync(ServiceHost service, string address)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.ParseAdd("text/csv");
        return service.Http.SendAsync(request);
    }

    // One of each age that waits, two finals, and one payout registered with a number.
    private async Task<ServiceHost> FilledAsync()
    {
        var service = await ServiceHost.StartAsync(postgres, clock);
        var noon = clock.Now;
        foreach (var (id, status, hours) in ((string, ObservedStatus, double)[])
            [("old", ObservedStatus.Pending, 100), ("done", ObservedStatus.Succeeded, 50), ("waits", ObservedStatus.Processing, 2), ("failed", ObservedStatus.Failed, 0.5)])
        {
            clock.Now = noon.AddHours(-hours);
            await service.AppendAsync(Evidences.Heard(id, status, clock.Now) with { Policy = Patient });
        }

        clock.Now = noon;
        var registered = await service.Http.PostAsync("/v1/payouts", new StringContent(
            """{"connection":"pawapay-test","providerPayoutId":"n-1","reference":"r-1","amount":"12.50","currency":"ZMW","recipient":"+221770000001"}""",
            Encoding.UTF8, "application/json"));
        registered.StatusCode.ShouldBe(HttpStatusCode.Created);
        return service;
    }
}
