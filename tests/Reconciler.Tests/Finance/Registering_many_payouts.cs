using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Finance;

public sealed class Registering_many_payouts(PostgresFixture postgres, ITestOutputHelper output)
{
    [Fact]
    public async Task Answers_each_line_in_order_whatever_its_neighbours_are()
    {
        await using var service = await ServiceHost.StartAsync(postgres, new StoppedClock(StoppedClock.Noon));
        string[] lines =
        [
            Line("a", "1"), "", Line("a", "1"), Line("a", "2"), "{", Line("b", "1") + "\r", "{\"x\":\"" + new string('x', 70_000) + "\"}", Line("c", "1"),
        ];

        var response = await PostAsync(service, new StringContent(string.Join('\n', lines)));

        await Golden.ShouldMatchAsync(response, "register-many");
    }

    [Fact]
    public async Task Keeps_up_with_a_caller_that_sends_all_before_it_reads()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        const int Lines = 20_000;
        var body = Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(1, Lines).Select(at => Line($"p-{at}", "5000"))));

        var started = Stopwatch.GetTimestamp();
        var response = await PostAsync(service, new ByteArrayContent(body));
        var results = (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        output.WriteLine($"{Lines / Stopwatch.GetElapsedTime(started).TotalSeconds:F0} lines/s");

        results.Length.ShouldBe(Lines);
        for (var at = 0; at < Lines; at++)
        {
            using var result = JsonDocument.Parse(results[at]);
            result.RootElement.GetProperty("line").GetInt32().ShouldBe(at + 1);
            result.RootElement.GetProperty("status").GetInt32().ShouldBe(201);
        }

        await using var count = service.Database.CreateCommand("select count(*) from reconciler.payouts");
        (await count.ExecuteScalarAsync()).ShouldBe((long)Lines);
    }

    private static string Line(string id, string amount) =>
        $$"""{"connection":"zopay-test","providerPayoutId":"{{id}}","reference":"r-{{id}}","amount":"{{amount}}","currency":"XOF"}""";

    private static async Task<HttpResponseMessage> PostAsync(ServiceHost service, HttpContent content)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        var response = await service.Http.PostAsync("/v1/payouts", content);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return response;
    }
}
