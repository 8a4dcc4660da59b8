using System.Net.Http.Headers;
using System.Text;
using Reconciler.Ledger.Subscriptions;
using Reconciler.Providers;

namespace Reconciler.Tests.Ledger.Subscriptions;

public sealed class Signing_a_message
{
    // The test vector of the Standard Webhooks libraries.
    private const string PublishedSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string PublishedId = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const long PublishedTimestamp = 1614265330;
    private const string PublishedBody = """{"test": 2432232314}""";
    private const string PublishedSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    [Fact]
    public void Gives_the_published_signature() =>
        StandardWebhook.Signature(Key(PublishedSecret), PublishedId, PublishedTimestamp, Encoding.UTF8.GetBytes(PublishedBody)).ShouldBe(PublishedSignature);

    [Fact]
    public void Has_one_signature_for_each_secret()
    {
        using var request = new HttpRequestMessage();
        HttpRequestHeaders headers = request.Headers;

        StandardWebhook.Sign(
            headers, PublishedId, DateTimeOffset.FromUnixTimeSeconds(PublishedTimestamp), Encoding.UTF8.GetBytes(PublishedBody),
            [Key(StandardWebhook.NewSecret().Value), Key(PublishedSecret)]);

        headers.GetValues("webhook-id").ShouldBe([PublishedId]);
        headers.GetValues("webhook-timestamp").ShouldBe(["1614265330"]);
        var signatures = headers.GetValues("webhook-signature").ShouldHaveSingleItem().Split(' ');
        signatures.Length.ShouldBe(2);
        signatures[1].ShouldBe(PublishedSignature);
        signatures[0].ShouldStartWith("v1,");
        signatures[0].ShouldNotBe(PublishedSignature);
    }

    [Theory]
    [InlineData(23, false)]
    [InlineData(24, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(200, false)]
    public void Takes_secrets_of_24_to_64_bytes(int bytes, bool isTaken) =>
        (StandardWebhook.KeyOf(new Secret("whsec_" + Convert.ToBase64String(new byte[bytes]))) is not null).ShouldBe(isTaken);

    [Theory]
    [InlineData("")]
    [InlineData("whsec_")]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa\u00e9w")]
    public void Takes_nothing_else_for_a_secret(string text) => StandardWebhook.KeyOf(new Secret(text)).ShouldBeNull();

    [Fact]
    public void Makes_secrets_of_32_bytes_that_differ()
    {
        StandardWebhook.KeyOf(StandardWebhook.NewSecret())!.Length.ShouldBe(32);
        StandardWebhook.NewSecret().ShouldNotBe(StandardWebhook.NewSecret());
    }

    [Fact]
    public void Waits_longer_and_longer_for_more_than_three_days()
    {
        var (soonest, waited) = (TimeSpan.Zero, TimeSpan.Zero);
        var before = TimeSpan.Zero;
        var attempts = 1;
        for (; RetrySchedule.WaitAfter(attempts, waited, Random.Shared) is { } wait; attempts++)
        {
            var least = RetrySchedule.Waits[attempts - 1];
            wait.ShouldBeInRange(least, least * 1.2);
            least.ShouldBeGreaterThanOrEqualTo(before);
            (before, soonest, waited) = (least, soonest + least, waited + wait);
        }

        soonest.ShouldBeGreaterThan(TimeSpan.FromDays(3));
        attempts.ShouldBe(RetrySchedule.Waits.Length + 1);
        RetrySchedule.WaitAfter(1000, TimeSpan.FromDays(2.9), Random.Shared).ShouldNotBeNull("However the attempts fell, three days are kept.");
    }

    private static byte[] Key(string secret) => StandardWebhook.KeyOf(new Secret(secret)).ShouldNotBeNull();
}
