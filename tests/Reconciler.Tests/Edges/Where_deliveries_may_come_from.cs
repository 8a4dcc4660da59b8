using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;
using Reconciler.Tests.Ingest;

namespace Reconciler.Tests.Edges;

public sealed class Where_deliveries_may_come_from(PostgresFixture postgres)
{
    private static readonly Dictionary<string, string?> BehindProxy = new() { ["Reconciler:KnownProxies"] = "127.0.0.1" };

    [Fact]
    public async Task Is_the_socket_where_no_proxy_is_declared()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await AllowAsync(service, "18.192.208.15");
        (await DeliverAsync(service, "a")).ShouldBe(HttpStatusCode.Unauthorized);
        (await DeliverAsync(service, "b", "18.192.208.15")).ShouldBe(HttpStatusCode.Unauthorized);
        await AllowAsync(service, "18.192.208.15", "127.0.0.0/8");
        (await DeliverAsync(service, "c")).ShouldBe(HttpStatusCode.OK);
        await AllowAsync(service);
        (await DeliverAsync(service, "d")).ShouldBe(HttpStatusCode.OK);

        var endpoint = (await service.Http.GetFromJsonAsync<JsonNode>("/v1/connections/zopay-test/endpoint"))!;
        endpoint["verdicts"]!.AsArray().Single(one => (string)one!["verdict"]! == "address_not_allowed")!["deliveries"]!.GetValue<long>().ShouldBe(2);
        (await Rows.CountAsync(service.ConnectionString, "payouts")).ShouldBe(2);
    }

    [Fact]
    public async Task Is_what_a_declared_proxy_says_and_what_it_was_told_by_no_other()
    {
        await using var service = await ServiceHost.StartAsync(postgres, settings: BehindProxy);
        await AllowAsync(service, "18.192.208.0/24", "2001:db8::/32");

        (await DeliverAsync(service, "a", "18.192.208.15")).ShouldBe(HttpStatusCode.OK);
        (await DeliverAsync(service, "b", "::ffff:18.192.208.16")).ShouldBe(HttpStatusCode.OK);
        (await DeliverAsync(service, "c", "2001:db8::7")).ShouldBe(HttpStatusCode.OK);
        (await DeliverAsync(service, "d", "18.192.209.15")).ShouldBe(HttpStatusCode.Unauthorized);
        // The last hop that a stranger cannot write is the one that our proxy saw.
        (await DeliverAsync(service, "e", "18.192.208.15, 203.0.113.7")).ShouldBe(HttpStatusCode.Unauthorized);
        (await DeliverAsync(service, "f")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Is_refused_by_name_where_it_is_no_address()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        using var put = await PutAsync(service, "127.0.0.1", "everywhere", "10.0.0.0/33");

        put.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await put.Content.ReadFromJsonAsync<JsonNode>())!["errors"]!.AsArray().Select(error => (string)error!["field"]!)
            .ShouldBe(["webhook.allowedAddresses[1]", "webhook.allowedAddresses[2]"]);
    }

    private static async Task AllowAsync(ServiceHost service, params string[] addresses)
    {
        using var put = await PutAsync(service, addresses);
        put.StatusCode.ShouldBe(HttpStatusCode.OK, await put.Content.ReadAsStringAsync());
    }

    private static async Task<HttpResponseMessage> PutAsync(ServiceHost service, params string[] addresses)
    {
        var document = (await service.Http.GetFromJsonAsync<JsonNode>("/v1/connections/zopay-test"))!;
        document["webhook"]!["allowedAddresses"] = new JsonArray([.. addresses.Select(address => (JsonNode)address)]);
        return await service.Http.PutAsJsonAsync("/v1/connections/zopay-test", document);
    }

    private static async Task<HttpStatusCode> DeliverAsync(ServiceHost service, string payout, string? forwardedFor = null)
    {
        using var request = ZoPaySender.Signed(ZoPaySender.Body(payout), "zopay-test");
        if (forwardedFor is not null) request.Headers.Add("X-Forwarded-For", forwardedFor);
        using var answer = await service.Anonymous.SendAsync(request);
        return answer.StatusCode;
    }
}
