using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Reconciler.Client.Tests.Webhooks;

public sealed class Verifying_a_webhook
{
    // The vector that the specification's own libraries publish.
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Other = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    private const string Fitting = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    private static readonly byte[] Body = """{"test": 2432232314}"""u8.ToArray();
    private static readonly DateTimeOffset Sent = DateTimeOffset.FromUnixTimeSeconds(1614265330);
    private static readonly StandardWebhookHeaders Headers = new("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", Fitting);

    [Fact]
    public void The_published_vector_fits() => StandardWebhook.Verify(Secret, Headers, Body, Sent).ShouldBeTrue();

    [Fact]
    public void Any_of_several_secrets_and_of_several_signatures_may_fit()
    {
        StandardWebhook.Verify([Other, Secret], Headers, Body, Sent).ShouldBeTrue();
        StandardWebhook.Verify(Secret, Headers with { Signature = $"v1a,AAAA v1,AAAA v1,%% {Fitting}" }, Body, Sent).ShouldBeTrue();
        StandardWebhook.Verify(Secret["whsec_".Length..], Headers, Body, Sent).ShouldBeTrue();
        StandardWebhook.Verify(Secret, StandardWebhookHeaders.From(name => name switch
        {
            "webhook-id" => Headers.Id,
            "webhook-timestamp" => Headers.Timestamp,
            _ => Headers.Signature,
        }), Body, Sent).ShouldBeTrue();
    }

    [Fact]
    public void What_was_altered_does_not_fit()
    {
        StandardWebhook.Verify(Other, Headers, Body, Sent).ShouldBeFalse();
        StandardWebhook.Verify(Secret, Headers with { Id = "msg_q5jXN8AQM9LWM0D4loKWxJek" }, Body, Sent).ShouldBeFalse();
        StandardWebhook.Verify(Secret, Headers with { Timestamp = "1614265331" }, Body, Sent).ShouldBeFalse();
        StandardWebhook.Verify(Secret, Headers, [.. Body, (byte)'\n'], Sent).ShouldBeFalse();
        StandardWebhook.Verify(Secret, Headers with { Signature = Fitting[..^4] }, Body, Sent).ShouldBeFalse();
        StandardWebhook.Verify(Secret, Headers with { Signature = Fitting.Replace("v1,", "v1a,", StringComparison.Ordinal) }, Body, Sent).ShouldBeFalse();
        StandardWebhook.Verify([], Headers, Body, Sent).ShouldBeFalse();
    }

    [Fact]
    public void A_replay_does_not_fit_and_neither_does_one_from_the_future()
    {
        var edge = StandardWebhook.ToleranceDefault;
        StandardWebhook.Verify(Secret, Headers, Body, Sent + edge).ShouldBeTrue();
        StandardWebhook.Verify(Secret, Headers, Body, Sent - edge).ShouldBeTrue();
        StandardWebhook.Verify(Secret, Headers, Body, Sent + edge + TimeSpan.FromSeconds(1)).ShouldBeFalse();
        StandardWebhook.Verify(Secret, Headers, Body, Sent - edge - TimeSpan.FromSeconds(1)).ShouldBeFalse();
        StandardWebhook.Verify([Secret], Headers, Body, Sent + TimeSpan.FromHours(1), TimeSpan.FromHours(1), out var whyNot).ShouldBeTrue();
        whyNot.ShouldBeNull();
    }

    [Theory]
    [InlineData(null, "1614265330", Fitting)]
    [InlineData("msg_p5jXN8AQM9LWM0D4loKWxJek", null, Fitting)]
    [InlineData("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", null)]
    [InlineData("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "")]
    [InlineData("msg_p5jXN8AQM9LWM0D4loKWxJek", "now", Fitting)]
    [InlineData("msg_p5jXN8AQM9LWM0D4loKWxJek", "-1614265330", Fitting)]
    [InlineData("msg_p5jXN8AQM9LWM0D4loKWxJek", "9223372036854775807", Fitting)]
    [InlineData("msg_p5jXN8AQM9LWM0D4loKWxJek", "99999999999999999999999999", Fitting)]
    public void Headers_that_are_missing_or_none_do_not_fit_and_the_log_is_told_why(string? id, string? timestamp, string? signature)
    {
        StandardWebhook.Verify(
            [Secret], new StandardWebhookHeaders(id, timestamp, signature), Body, Sent, StandardWebhook.ToleranceDefault, out var whyNot).ShouldBeFalse();
        whyNot.ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("whsec_")]
    [InlineData("whsec_not base64!")]
    public void A_secret_that_is_none_is_a_fault_of_the_configuration_and_not_of_the_message(string secret) =>
        Should.Throw<FormatException>(() => StandardWebhook.Verify(secret, Headers, Body, Sent));

    [Fact]
    public void Whatever_is_signed_fits_and_no_other_body_does() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(200),
        Prop.ForAll((byte[] key, byte[] body, byte[] other) =>
        {
            if (key.Length == 0) return;
            byte[] message = [.. Encoding.UTF8.GetBytes("id.1614265330."), .. body];
            var signature = HMACSHA256.HashData(key, message);
            var headers = new StandardWebhookHeaders("id", "1614265330", "v1," + Convert.ToBase64String(signature));
            var secret = "whsec_" + Convert.ToBase64String(key);
            StandardWebhook.Verify(secret, headers, body, Sent).ShouldBeTrue();
            StandardWebhook.Verify(secret, headers, other, Sent).ShouldBe(body.AsSpan().SequenceEqual(other));
        }));
}
