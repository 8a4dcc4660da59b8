using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Reconciler.Core;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Finance;

public sealed class Listing_payouts(PostgresFixture postgres)
{
    private readonly StoppedClock clock = new(StoppedClock.Noon);

    [Fact]
    public async Task Every_filter_finds_what_it_names_and_nothing_else()
    {
        await using var service = await FilledAsync();

        (string Query, string Found)[] cases =
        [
            ("", "e d c b a"), ("sort=firstSeenAt", "a b c d e"), ("sort=-firstSeenAt", "e d c b a"),
            ("connection=pawapay-test", "c"), ("connection=pawapay-test&connection=zopay-test", "e d c b a"), ("connection=nobody", ""),
            ("provider=pawapay", "c"), ("status=succeeded", "d"), ("status=succeeded&status=failed", "d b"), ("final=true", "d b"),
            ("final=false", "e c a"), ("confidence=confirmed", "d"), ("currency=ZMW", "c"), ("reference=order%20a", "a"),
            ("reference=order", ""), ("recipient=%2B221%2077%20000%2000%2001", "b"), ("recipient=00221770000001", "b"), ("minAmount=300", "e d c"),
            ("maxAmount=100", "a"), ("minAmount=200&maxAmount=300.5", "c b"), ("from=2026-11-21T12:02:00Z", "e d c"),
            ("to=2026-11-21T12:02:00%2B00:00", "b a"), ("from=2026-11-22", ""), ("to=2026-11-22", "e d c b a"), ("discrepancy=any", "e d b"),
            ("discrepancy=amount_mismatch", "d b"), ("discrepancy=amount_mismatch&discrepancy=unexpected_payout", "e d b"),
            ("q=order", "d c b a"), ("q=order%20a", "a"), ("q=b", "b"), ("q=zopay-test/b", "b"), ("q=MM-7", "e d b"), ("q=%25", ""), ("q=_", ""),
            ("status=failed&currency=XOF&final=true&q=order", "b"),
        ];
        foreach (var (query, found) in cases) (await IdsAsync(service, query)).ShouldBe(found, query);
    }

    [Fact]
    public async Task Pages_follow_each_other_without_holes_in_either_order()
    {
        await using var service = await FilledAsync();
        foreach (var (order, expected) in ((string, string)[])[("-firstSeenAt", "e d c b a"), ("firstSeenAt", "a b c d e")])
        {
            var seen = new List<string>();
            string? cursor = null;
            do
            {
                var page = await PageAsync(service, $"limit=2&sort={order}{(cursor is null ? "" : $"&cursor={cursor}")}");
                seen.AddRange(Ids(page));
                cursor = (string?)page["nextCursor"];
            }
            while (cursor is not null);
            string.Join(' ', seen).ShouldBe(expected);
        }

        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/payouts?limit=2&status=succeeded"), "payouts");
        var cursorOfAnotherOrder = (string?)(await PageAsync(service, "limit=2"))["nextCursor"];
        (await service.Http.GetAsync($"/v1/payouts?sort=firstSeenAt&cursor={cursorOfAnotherOrder}")).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Refuses_unknown_parameters_and_bad_values_by_name()
    {
        await using var service = await ServiceHost.StartAsync(postgres, clock);

        await Golden.ShouldMatchAsync(
            await service.Http.GetAsync(
                "/v1/payouts?stauts=failed&status=lost&final=yes&minAmount=-1&maxAmount=1e3&from=12:00&discrepancy=x&sort=amount"
                + "&limit=0&cursor=%00&provider=stripe&currency=xof&connection=A&reference=&q=a&q=b"),
            "payouts-refused");
        foreach (var query in (string[])["limit=501", "q=%00", "reference=a%00", "recipient=", "from=2026-11-21T10:00:00", "cursor=abc"])
            (await service.Http.GetAsync($"/v1/payouts?{query}")).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity, query);
        (await service.Http.GetAsync("/v1/payouts?q=%ED%A0%80")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task As_csv_the_whole_result_is_given_and_no_cell_is_a_formula()
    {
        await using var service = await FilledAsync();
        clock.Now = clock.Now.AddMinutes(1);
        foreach (var (id, reference) in ((string, string)[])[("f1", "=1+1"), ("f2", "+1"), ("f3", "-1"), ("f4", "@x"), ("f5", "a,\"b\"")])
            await RegisterAsync(service, "zopay-test", id, "1", "XOF", reference);
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/payouts?sort=firstSeenAt&limit=2");
        request.Headers.Accept.ParseAdd("text/csv");

        var response = await service.Http.SendAsync(request);

        await Golden.ShouldMatchAsync(response, "payouts-csv");
        var rows = (await response.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        rows.Length.ShouldBe(11);
        rows.SelectMany(row => row.Split(',')).ShouldAllBe(cell => cell.Length == 0 || !"=+-@\t\r".Contains(cell.TrimStart('"')[0]));
    }

    [Fact]
    public async Task As_csv_more_than_one_page_of_rows_comes_whole_and_once()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        const int Payouts = 2_500;
        var lines = string.Join('\n', Enumerable.Range(0, Payouts).Select(at =>
            $$"""{"connection":"zopay-test","providerPayoutId":"p-{{at}}","reference":"r","amount":"1","currency":"XOF"}"""));
        await (await service.Http.PostAsync("/v1/payouts", new StringContent(lines, Encoding.UTF8, "application/x-ndjson"))).Content.ReadAsStringAsync();
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/payouts?q=r");
        request.Headers.Accept.ParseAdd("text/csv");

        var rows = (await (await service.Http.SendAsync(request)).Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        rows.Skip(1).Select(row => row.Split(',')[0]).Distinct().Count().ShouldBe(Payouts);
        rows.Length.ShouldBe(Payouts + 1);
    }

    // Five payouts, a minute apart: a waits, b failed, c is another provider's, d succeeded with another amount, e was never registered.
    private async Task<ServiceHost> FilledAsync()
    {
        var service = await ServiceHost.StartAsync(postgres, clock);
        await RegisterAsync(service, "zopay-test", "a", "100", "XOF", "order a");
        await NextAsync("b", "200");
        await service.AppendAsync(Evidences.Heard("b", ObservedStatus.Failed, clock.Now));
        clock.Now += TimeSpan.FromMinutes(1);
        await RegisterAsync(service, "pawapay-test", "c", "300.50", "ZMW", "order c");
        await NextAsync("d", "400");
        await service.AppendAsync(Evidences.Answered("d", ObservedStatus.Succeeded, clock.Now));
        clock.Now += TimeSpan.FromMinutes(1);
        await service.AppendAsync(Evidences.Heard("e", ObservedStatus.Processing, clock.Now));
        return service;

        async Task NextAsync(string id, string amount)
        {
            clock.Now += TimeSpan.FromMinutes(1);
            await RegisterAsync(service, "zopay-test", id, amount, "XOF", $"order {id}", id == "b" ? "+221770000001" : null);
        }
    }

    private static async Task RegisterAsync(
        ServiceHost service, string connection, string providerPayoutId, string amount, string currency, string reference, string? recipient = null) =>
        (await service.Http.PostAsJsonAsync("/v1/payouts", new { connection, providerPayoutId, amount, currency, reference, recipient }))
            .StatusCode.ShouldBe(HttpStatusCode.Created);

    private static async Task<string> IdsAsync(ServiceHost service, string query) => string.Join(' ', Ids(await PageAsync(service, query)));

    private static IEnumerable<string> Ids(JsonNode page) => page["items"]!.AsArray().Select(item => (string)item!["providerPayoutId"]!);

    private static async Task<JsonNode> PageAsync(ServiceHost service, string query)
    {
        var response = await service.Http.GetAsync($"/v1/payouts?{query}");
        response.StatusCode.ShouldBe(HttpStatusCode.OK, query);
        return (await response.Content.ReadFromJsonAsync<JsonNode>())!;
    }
}
