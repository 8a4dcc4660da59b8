using System.Text.Json;

namespace Reconciler.Simulator.Tests;

public sealed class Asking_for_a_status
{
    private static readonly string[] DocumentedButNotInTheFixture =
        ["clientReferenceId", "customerMessage", "metadata", "metadata.orderId", "metadata.reference"];

    [Theory]
    [InlineData("caurisflux-sim", "pending", null, "caurisflux/status-pending.json")]
    [InlineData("caurisflux-sim", "succeeded", null, "caurisflux/status-completed.json")]
    [InlineData("caurisflux-sim", "failed", "invalid_recipient", "caurisflux/status-failed.json")]
    [InlineData("awdpay-sim", "succeeded", null, "awdpay/status-success.json")]
    [InlineData("zayono-sim", "succeeded", null, "zayono/status-success.json")]
    [InlineData("pawapay-v1-sim", "succeeded", null, "pawapay/v1-status-completed.json")]
    [InlineData("pawapay-sim", "failed", "RECIPIENT_NOT_FOUND", "pawapay/v2-status-failed.json")]
    [InlineData("zopay-sim", "succeeded", null, "zopay/status-success.json")]
    public async Task The_answer_has_the_documented_shape_and_word(string connection, string outcome, string? failureCode, string fixture)
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var id = await simulator.StartPayoutAsync(
            new { connection, outcome, failureCode, amount = "5000.00", finalAfterMs = 0, pendingForMs = 0 });

        var (status, body) = await StatusRequests.SendAsync(simulator, connection, id);

        status.ShouldBe(200, body);
        var documented = Shape(JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "fixtures", fixture))).RootElement);
        var answered = Shape(JsonDocument.Parse(body).RootElement);
        documented.Except(answered).ShouldBeEmpty();
        answered.Except(documented).ShouldAllBe(path => DocumentedButNotInTheFixture.Any(extra => path.Contains("." + extra + ":", StringComparison.Ordinal)));
        body.ShouldContain(id);
        body.ShouldContain(StatusWord(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "fixtures", fixture))));
    }

    [Theory]
    [InlineData("caurisflux-sim", 404, "NOT_FOUND")]
    [InlineData("awdpay-sim", 404, "message")]
    [InlineData("zayono-sim", 404, """{"message":"Payout not found.","data":null,"errors":null}""")]
    [InlineData("pawapay-v1-sim", 200, "[]")]
    [InlineData("pawapay-sim", 200, """{"status":"NOT_FOUND"}""")]
    [InlineData("zopay-sim", 404, "NOT_FOUND")]
    public async Task An_unknown_id_is_answered_as_documented(string connection, int expected, string text)
    {
        await using var simulator = await RunningSimulator.StartAsync();

        var (status, body) = await StatusRequests.SendAsync(simulator, connection, "00000000-0000-4000-8000-000000000000");

        status.ShouldBe(expected);
        body.ShouldContain(text);
    }

    [Fact]
    public async Task A_payout_moves_with_the_clock_and_may_be_taken_back()
    {
        var clock = new StoppedClock(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));
        await using var simulator = await RunningSimulator.StartAsync(clock: clock);
        var id = await simulator.StartPayoutAsync(new
        {
            connection = "zopay-sim", outcome = "succeeded", pendingForMs = 1_000, finalAfterMs = 5_000,
            reversal = new { outcome = "failed", afterMs = 60_000 },
        });
        async Task<string> WordAsync() => StatusWord((await StatusRequests.SendAsync(simulator, "zopay-sim", id, clock.GetUtcNow())).Body);

        (await WordAsync()).ShouldBe("\"PENDING\"");
        clock.Advance(TimeSpan.FromSeconds(1));
        (await WordAsync()).ShouldBe("\"PROCESSING\"");
        clock.Advance(TimeSpan.FromSeconds(4));
        (await WordAsync()).ShouldBe("\"SUCCESS\"");
        clock.Advance(TimeSpan.FromSeconds(60));
        (await WordAsync()).ShouldBe("\"FAILED\"");
    }

    [Fact]
    public async Task Amounts_are_numbers_or_strings_as_each_provider_writes_them()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        foreach (var (connection, written) in new[]
        {
            ("caurisflux-sim", "\"amount\":5000,"), ("awdpay-sim", "\"amount\":5000.00,"), ("zayono-sim", "\"amount\":5000,"),
            ("zopay-sim", "\"amount\":\"5000.00\","),
        })
        {
            var id = await simulator.StartPayoutAsync(new { connection, amount = 5000.0m });
            (await StatusRequests.SendAsync(simulator, connection, id)).Body.ShouldContain(written);
        }
    }

    [Fact]
    public async Task ZoPay_lists_many_at_once()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await simulator.StartPayoutsAsync(new { connection = "zopay-sim", count = 30, finalAfterMs = 0 });

        using var request = await StatusRequests.ZoPayAsync(
            simulator, "/zopay/api/v1/disbursements", "limit=20&offset=20&status=SUCCESS", TimeProvider.System.GetUtcNow());
        using var answer = await simulator.Http.SendAsync(request);

        var list = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        list.GetProperty("payouts").GetArrayLength().ShouldBe(10);
        list.GetProperty("total").GetInt32().ShouldBe(30);
        list.GetProperty("hasMore").GetBoolean().ShouldBeFalse();
    }

    private static string StatusWord(string body)
    {
        var root = JsonDocument.Parse(body).RootElement;
        var item = root.ValueKind == JsonValueKind.Array ? root[0]
            : root.TryGetProperty("data", out var data) ? data
            : root.TryGetProperty("payout", out var payout) ? payout : root;
        return $"\"{item.GetProperty("status").GetString()}\"";
    }

    // Paths with their kinds; what a merchant wrote into metadata is his own.
    private static HashSet<string> Shape(JsonElement element, string path = "$") => element.ValueKind switch
    {
        JsonValueKind.Object => [.. element.EnumerateObject().SelectMany(property => property.Name is "metadata" or "correspondentIds"
            ? [$"{path}.{property.Name}:any"]
            : Shape(property.Value, $"{path}.{property.Name}"))],
        JsonValueKind.Array => [.. element.EnumerateArray().SelectMany(item => Shape(item, path + "[]"))],
        JsonValueKind.True or JsonValueKind.False => [path + ":Boolean"],
        var kind => [$"{path}:{kind}"],
    };
}
