using System.Text.Json;

namespace Reconciler.Simulator.Tests;

public sealed class Receiving_webhooks
{
    [Theory]
    [InlineData("caurisflux-sim", "succeeded", "payment.success")]
    [InlineData("awdpay-sim", "succeeded", "withdrawal.pending withdrawal.processing withdrawal.success")]
    [InlineData("awdpay-sim", "expired", "withdrawal.pending withdrawal.processing")]
    [InlineData("awdpay-sim", "cancelled", "withdrawal.pending withdrawal.processing")]
    [InlineData("zayono-sim", "succeeded", "payout.initialized payout.successful")]
    [InlineData("zayono-sim", "cancelled", "payout.initialized payout.cancelled")]
    [InlineData("zopay-sim", "succeeded", "payout.completed")]
    [InlineData("zopay-sim", "failed", "payout.failed")]
    [InlineData("zopay-sim", "cancelled", "")]
    [InlineData("pawapay-sim", "succeeded", "COMPLETED")]
    [InlineData("pawapay-v1-sim", "cancelled", "FAILED")]
    [InlineData("pawapay-sim", "rejected", "")]
    public async Task Only_what_the_provider_sends_is_sent_and_each_is_rightly_signed(string connection, string outcome, string events)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var simulator = await StartAsync(receiver);
        var expected = events.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        // What is to be sent is put on the agenda at the start: what is not there by then never comes.
        var id = await simulator.StartPayoutAsync(new { connection, outcome, pendingForMs = 50, finalAfterMs = 150 });
        await Eventually.HoldsAsync(async () =>
            (await simulator.GetAsync("/sim/summary")).GetProperty("webhooksDueLater").GetInt32() == 0
            && (await simulator.TruthAsync(id)).GetProperty("webhooks").GetProperty("acknowledged").GetInt32() == expected.Length, events);

        var received = receiver.All;
        string.Join(' ', received.Select(Word)).ShouldBe(events);
        foreach (var webhook in received)
        {
            (await IsSignedAsync(simulator, webhook)).ShouldBeTrue(Word(webhook));
        }
    }

    [Fact]
    public async Task They_are_stamped_in_each_providers_unit()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var simulator = await StartAsync(receiver);
        await simulator.StartPayoutAsync(new { connection = "zopay-sim", finalAfterMs = 0 });
        await simulator.StartPayoutAsync(new { connection = "caurisflux-sim", finalAfterMs = 0 });

        var received = await receiver.WaitForAsync(2);

        var now = TimeProvider.System.GetUtcNow();
        Signatures.Number(received.Single(one => one.Connection == "zopay-sim"), "X-Zo-Timestamp")
            .ShouldBeInRange(now.AddMinutes(-1).ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds());
        Signatures.Number(received.Single(one => one.Connection == "caurisflux-sim"), "X-Webhook-Timestamp")
            .ShouldBeInRange(now.AddMinutes(-1).ToUnixTimeSeconds(), now.ToUnixTimeSeconds());
    }

    [Fact]
    public async Task One_that_is_not_acknowledged_is_tried_again_as_often_as_documented()
    {
        await using var receiver = await WebhookReceiver.StartAsync(_ => 503);
        await using var simulator = await StartAsync(receiver);
        var id = await simulator.StartPayoutAsync(new { connection = "zopay-sim", finalAfterMs = 0 });

        await Eventually.HoldsAsync(
            async () => (await simulator.TruthAsync(id)).GetProperty("webhooks").GetProperty("givenUp").GetInt32() == 1, "giving up");

        receiver.All.Count.ShouldBe(6);
        receiver.All.Select(one => one.Headers["X-Zo-Delivery-Id"]).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task PawaPay_is_content_with_200_only_and_sends_again_when_asked()
    {
        var answers = 0;
        await using var receiver = await WebhookReceiver.StartAsync(_ => Interlocked.Increment(ref answers) == 1 ? 202 : 200);
        await using var simulator = await StartAsync(receiver);
        var id = await simulator.StartPayoutAsync(new { connection = "pawapay-sim", finalAfterMs = 0 });
        await receiver.WaitForAsync(2);

        var resend = StatusRequests.Bearer($"/pawapay/v2/payouts/resend-callback/{id}", await simulator.CredentialAsync("pawapay-sim", "token"));
        resend.Method = HttpMethod.Post;
        using var answer = await simulator.Http.SendAsync(resend);

        (await answer.Content.ReadAsStringAsync()).ShouldContain("ACCEPTED");
        (await receiver.WaitForAsync(3)).Select(one => Convert.ToBase64String(one.Body)).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_new_pawaPay_key_is_published_beside_the_old_one()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var simulator = await StartAsync(receiver);
        await simulator.Http.PostAsync("/sim/pawapay/rotate-key", null);
        await simulator.StartPayoutAsync(new { connection = "pawapay-v1-sim", finalAfterMs = 0 });

        var webhook = (await receiver.WaitForAsync(1)).Single();

        webhook.Headers["Signature-Input"].ShouldContain("keyid=\"HTTP_EC_P256_KEY:2\"");
        (await simulator.GetAsync("/pawapay/public-key/http")).GetArrayLength().ShouldBe(2);
        (await IsSignedAsync(simulator, webhook)).ShouldBeTrue();
    }

    // One worker sends in the order in which webhooks fall due, however busy the machine is.
    internal static Task<RunningSimulator> StartAsync(WebhookReceiver receiver) =>
        RunningSimulator.StartAsync(new SimulatorOptions { Service = receiver.Url, TimeFactor = 0, WebhookWorkers = 1 });

    internal static async Task<bool> IsSignedAsync(RunningSimulator simulator, Received webhook)
    {
        if (webhook.Connection.StartsWith("pawapay", StringComparison.Ordinal))
        {
            var keys = (await simulator.GetAsync("/pawapay/v2/public-key/http")).EnumerateArray();
            return keys.Any(key => webhook.Headers["Signature-Input"].Contains($"\"{key.GetProperty("id").GetString()}\"", StringComparison.Ordinal)
                && Signatures.IsHttpMessageSignature(webhook, key.GetProperty("key").GetString()!));
        }

        var secret = (await simulator.ConnectionAsync(webhook.Connection)).GetProperty("webhook").GetProperty("secrets")[0].GetProperty("secret").GetString()!;
        return webhook.Connection switch
        {
            "zayono-sim" => Signatures.IsBodyHmac(webhook, secret, "X-Zayono-Signature"),
            "awdpay-sim" => Signatures.IsStampedHmac(webhook, secret, "X-AWDPay-Signature", "X-AWDPay-Timestamp"),
            "zopay-sim" => Signatures.IsStampedHmac(webhook, secret, "X-Zo-Signature", "X-Zo-Timestamp"),
            _ => Signatures.IsStampedHmac(webhook, secret, "X-Webhook-Signature", "X-Webhook-Timestamp"),
        };
    }

    // The event's name, or the status where a callback has no event.
    internal static string Word(Received webhook)
    {
        var body = JsonDocument.Parse(webhook.Body).RootElement;
        return (body.TryGetProperty("event", out var name) ? name : body.GetProperty("status")).GetString()!;
    }
}
