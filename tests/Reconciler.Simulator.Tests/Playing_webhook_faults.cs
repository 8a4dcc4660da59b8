using System.Text.Json;

namespace Reconciler.Simulator.Tests;

public sealed class Playing_webhook_faults
{
    [Fact]
    public async Task A_dropped_one_is_counted_as_lost_and_never_sent()
    {
        var (received, truth) = await PlayAsync("zayono-sim", new { drop = true }, sent: 0);

        received.ShouldBeEmpty();
        truth.GetProperty("webhooks").GetProperty("lost").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task Duplicates_are_the_same_bytes()
    {
        var (received, truth) = await PlayAsync("zopay-sim", new { duplicate = 2 }, sent: 3);

        received.Select(one => Convert.ToBase64String(one.Body)).Distinct().Count().ShouldBe(1);
        truth.GetProperty("webhooks").GetProperty("duplicated").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task Reordered_the_end_comes_first()
    {
        var (received, _) = await PlayAsync("awdpay-sim", new { reorder = true }, sent: 3);

        received.Select(Receiving_webhooks.Word).ShouldBe(["withdrawal.success", "withdrawal.pending", "withdrawal.processing"]);
    }

    [Theory]
    [MemberData(nameof(Connections))]
    public async Task A_forged_one_claims_a_false_end_and_does_not_verify(string connection)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var simulator = await Receiving_webhooks.StartAsync(receiver);
        await simulator.StartPayoutAsync(new { connection, outcome = "pending", webhooks = new { forge = true } });

        await Eventually.HoldsAsync(() => receiver.All.Any(IsFinal), "the forged webhook");

        var forged = receiver.All.Single(IsFinal);
        (await Receiving_webhooks.IsSignedAsync(simulator, forged)).ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Connections))]
    public async Task An_altered_one_does_not_verify_and_the_next_try_does(string connection)
    {
        var ends = 0;
        await using var receiver = await WebhookReceiver.StartAsync(one => IsFinal(one) && Interlocked.Increment(ref ends) == 1 ? 401 : 200);
        await using var simulator = await Receiving_webhooks.StartAsync(receiver);
        await simulator.StartPayoutAsync(new { connection, pendingForMs = 0, finalAfterMs = 0, webhooks = new { alter = true } });
        await Eventually.HoldsAsync(() => receiver.All.Count(IsFinal) >= 2, "both tries");

        var finals = receiver.All.Where(IsFinal).ToList();
        var verdicts = new List<bool>();
        foreach (var webhook in finals)
        {
            verdicts.Add(await Receiving_webhooks.IsSignedAsync(simulator, webhook));
        }

        verdicts.ShouldBe([false, true]);
    }

    [Fact]
    public async Task A_stale_one_is_rightly_signed_a_quarter_of_an_hour_ago()
    {
        var (received, _) = await PlayAsync("zopay-sim", new { replayStale = true }, sent: 2);

        var stamps = received.Select(one => Signatures.Number(one, "X-Zo-Timestamp")).Order().ToList();
        (stamps[1] - stamps[0]).ShouldBeInRange(890_000, 960_000);
    }

    [Fact]
    public async Task A_lie_is_rightly_signed_and_an_unknown_word_may_be_one()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var simulator = await Receiving_webhooks.StartAsync(receiver);
        await simulator.StartPayoutAsync(new { connection = "zopay-sim", outcome = "pending", webhooks = new { lie = new { status = "unknown", times = 2 } } });

        var received = await receiver.WaitForAsync(2);

        foreach (var webhook in received)
        {
            (await Receiving_webhooks.IsSignedAsync(simulator, webhook)).ShouldBeTrue();
            JsonDocument.Parse(webhook.Body).RootElement.GetProperty("data").GetProperty("status").GetString().ShouldBe("ON_HOLD_REVIEW");
        }

        received.Select(one => Convert.ToBase64String(one.Body)).Distinct().Count().ShouldBe(2);
    }

    public static TheoryData<string> Connections() => [.. StatusRequests.Connections];

    private static bool IsFinal(Received webhook) =>
        Receiving_webhooks.Word(webhook) is not ("withdrawal.pending" or "withdrawal.processing" or "payout.initialized");

    private static async Task<(IReadOnlyList<Received> Received, JsonElement Truth)> PlayAsync(string connection, object webhooks, int sent)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var simulator = await Receiving_webhooks.StartAsync(receiver);
        var id = await simulator.StartPayoutAsync(new { connection, pendingForMs = 50, finalAfterMs = 150, webhooks });
        await Eventually.HoldsAsync(
            async () => (await simulator.GetAsync("/sim/summary")).GetProperty("webhooksDueLater").GetInt32() == 0
                && (await simulator.TruthAsync(id)).GetProperty("final").GetBoolean(), "an empty agenda");
        await receiver.WaitForAsync(sent);
        await Eventually.HoldsAsync(async () =>
        {
            var counted = (await simulator.TruthAsync(id)).GetProperty("webhooks");
            return new[] { "acknowledged", "duplicated", "stale" }.Sum(name => counted.GetProperty(name).GetInt32()) == sent;
        }, "the counts");
        return (receiver.All, await simulator.TruthAsync(id));
    }
}
