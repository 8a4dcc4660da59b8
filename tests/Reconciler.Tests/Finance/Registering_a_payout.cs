using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Finance;

public sealed class Registering_a_payout(PostgresFixture postgres)
{
    private const string Whole = """
        {"connection":"zopay-test","providerPayoutId":"p/1","reference":"order 1","amount":"5000.00","currency":"XOF",
         "recipient":"+221771234567","initiatedAt":"2026-11-21T11:59:00.1234567+00:00","metadata":{"batch":"7","line":"é"}}
        """;

    [Fact]
    public async Task Answers_201_then_200_then_409_with_what_differs()
    {
        await using var service = await StartAsync();

        var created = await PostAsync(service, Whole);
        await Golden.ShouldMatchAsync(created, "register-created");
        created.Headers.Location!.OriginalString.ShouldBe("/v1/payouts/zopay-test/p%2F1");
        (await service.Http.GetAsync(created.Headers.Location)).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await PostAsync(service, Whole.Replace("5000.00", "5000").Replace("+221771234567", "00221 77 123 45 67"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        await Golden.ShouldMatchAsync(
            await PostAsync(service, Whole.Replace("5000.00", "5001").Replace("order 1", "order 2").Replace("4567", "4568").Replace("\"7\"", "\"8\"")),
            "register-conflict");
    }

    [Fact]
    public async Task Never_stores_the_recipient_in_full()
    {
        await using var service = await StartAsync();
        await PostAsync(service, Whole);

        foreach (var table in (string[])["mt_events", "payouts", "changes", "evidence"])
        {
            await using var find = service.Database.CreateCommand($"select count(*) from reconciler.{table} as row where row::text like '%771234567%'");
            (await find.ExecuteScalarAsync()).ShouldBe(0L, table);
        }
    }

    [Theory]
    [InlineData("not JSON", "{\"connection\":")]
    [InlineData("no object", "[]")]
    [InlineData("members missing", "{}")]
    [InlineData("unknown member", """{"connection":"zopay-test","providerPayoutId":"p","reference":"r","amount":"1","currency":"XOF","amout":"1"}""")]
    [InlineData("member twice", """{"connection":"zopay-test","providerPayoutId":"p","reference":"r","amount":"1","amount":"2","currency":"XOF"}""")]
    [InlineData("amount as number", """{"connection":"zopay-test","providerPayoutId":"p","reference":"r","amount":5000,"currency":"XOF"}""")]
    [InlineData("amount too fine", """{"connection":"zopay-test","providerPayoutId":"p","reference":"r","amount":"5000.5","currency":"XOF"}""")]
    [InlineData("amount exponent", """{"connection":"zopay-test","providerPayoutId":"p","reference":"r","amount":"5e3","currency":"XOF"}""")]
    [InlineData("unknown currency", """{"connection":"zopay-test","providerPayoutId":"p","reference":"r","amount":"1","currency":"XXX"}""")]
    [InlineData("unknown connection", """{"connection":"nobody","providerPayoutId":"p","reference":"r","amount":"1","currency":"XOF"}""")]
    [InlineData("nul in reference", """{"connection":"zopay-test","providerPayoutId":"p","reference":"a\u0000b","amount":"1","currency":"XOF"}""")]
    [InlineData("half a surrogate", """{"connection":"zopay-test","providerPayoutId":"p","reference":"\ud800","amount":"1","currency":"XOF"}""")]
    [InlineData("control in id", """{"connection":"zopay-test","providerPayoutId":"p\n","reference":"r","amount":"1","currency":"XOF"}""")]
    [InlineData("time without offset", """{"connection":"zopay-test","providerPayoutId":"p","reference":"r","amount":"1","currency":"XOF","initiatedAt":"2026-11-21T10:00:00"}""")]
    [InlineData("time absurd", """{"connection":"zopay-test","providerPayoutId":"p","reference":"r","amount":"1","currency":"XOF","initiatedAt":"1970-01-01T00:00:00Z"}""")]
    [InlineData("metadata no texts", """{"connection":"zopay-test","providerPayoutId":"p","reference":"r","amount":"1","currency":"XOF","metadata":{"a":1}}""")]
    [InlineData("metadata nul", """{"connection":"zopay-test","providerPayoutId":"p","reference":"r","amount":"1","currency":"XOF","metadata":{"a":"\u0000"}}""")]
    public async Task Refuses_what_is_wrong_by_name(string what, string body)
    {
        await using var service = await StartAsync();

        await Golden.ShouldMatchAsync(await PostAsync(service, body), $"register-refused-{what.Replace(' ', '-')}");
    }

    [Fact]
    public async Task Takes_the_longest_of_everything_and_refuses_one_more()
    {
        await using var service = await StartAsync();
        JsonObject Body(int id, int reference, int entries, int value) => new()
        {
            ["connection"] = "zopay-test",
            ["providerPayoutId"] = new string('i', id),
            ["reference"] = new string('r', reference),
            ["amount"] = "999999999999999999",
            ["currency"] = "XOF",
            ["metadata"] = new JsonObject(Enumerable.Range(0, entries).Select(at => KeyValuePair.Create($"k{at}", (JsonNode?)new string('v', value)))),
        };

        (await service.Http.PostAsJsonAsync("/v1/payouts", Body(200, 200, 50, 1000))).StatusCode.ShouldBe(HttpStatusCode.Created);
        foreach (var tooLong in (JsonObject[])[Body(201, 1, 1, 1), Body(1, 201, 1, 1), Body(1, 1, 51, 1), Body(1, 1, 1, 1001)])
            (await service.Http.PostAsJsonAsync("/v1/payouts", tooLong)).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await PostAsync(service, new string(' ', 65537))).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        await Golden.ShouldMatchAsync(await service.Http.PostAsync("/v1/payouts", new StringContent("a", Encoding.UTF8, "text/plain")), "register-media-type");
    }

    private static Task<HttpResponseMessage> PostAsync(ServiceHost service, string body) =>
        service.Http.PostAsync("/v1/payouts", new StringContent(body, Encoding.UTF8, "application/json"));

    private Task<ServiceHost> StartAsync() => ServiceHost.StartAsync(postgres, new StoppedClock(StoppedClock.Noon));
}
