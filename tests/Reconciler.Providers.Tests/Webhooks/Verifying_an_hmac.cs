using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Reconciler.Providers.Tests.Webhooks;

public sealed class Verifying_an_hmac
{
    private const string Body = """{"event":"payout.completed","data":{"payout_id":"p1"}}""";

    // Made with: printf '%s' "$signed" | openssl dgst -sha256 -hmac whsec_vector
    private const string OfStampAndBody = "dfc9ed29e9de3504d4bffb565041011b96af7f564c0b063b1382e3b4617691e9";
    private const string OfBody = "9f2a63949376791a653c58ddf96ac79da0fb2d06b05817bb64c796174ec4b10a";
    private const string Stamp = "1795255200";

    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2026-11-21T10:00:00Z");

    private static readonly WebhookSettings Settings = new(
        [new WebhookSecret("before", new Secret("whsec_before")), new WebhookSecret("now", new Secret("whsec_vector"))],
        [], null, null, ["X-First-Signature", "X-Second-Signature"], ["X-First-Time", "X-Second-Time"], [], [SignedContent.TimestampDotBody], 300);

    [Theory]
    [InlineData("")]
    [InlineData("sha256=")]
    [InlineData("SHA256=")]
    public void A_signature_made_elsewhere_is_verified_with_or_without_its_prefix(string prefix) =>
        Verify(("X-First-Signature", prefix + OfStampAndBody), ("X-First-Time", Stamp)).ShouldBe(new Verdict.Verified("now"));

    [Fact]
    public void Hex_is_read_in_either_case() =>
        Verify(("X-First-Signature", OfStampAndBody.ToUpperInvariant()), ("X-First-Time", Stamp)).ShouldBeOfType<Verdict.Verified>();

    [Fact]
    public void Each_live_secret_verifies_and_is_named()
    {
        foreach (var secret in Settings.Secrets)
        {
            var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret.Secret.Value), Encoding.UTF8.GetBytes($"{Stamp}.{Body}"));
            Verify(("X-First-Signature", Convert.ToHexStringLower(mac)), ("X-First-Time", Stamp)).ShouldBe(new Verdict.Verified(secret.Id));
        }
    }

    [Theory]
    [InlineData(-1, null, true)]
    [InlineData(null, 1, true)]
    [InlineData(0, 1, true)]
    [InlineData(1, null, false)]
    [InlineData(-2, 0, false)]
    public void A_secret_verifies_within_its_time_alone(int? notBefore, int? notAfter, bool isLive)
    {
        var timed = Settings.Secrets[1] with
        {
            NotBefore = notBefore is { } from ? Now.AddSeconds(from) : null, NotAfter = notAfter is { } until ? Now.AddSeconds(until) : null,
        };
        var scheme = new HmacScheme(Settings with { Secrets = [timed] }, TimeForms.UnixSeconds);

        scheme.Verify(Deliver(("X-First-Signature", OfStampAndBody), ("X-First-Time", Stamp)))
            .ShouldBe(isLive ? new Verdict.Verified("now") : new Verdict.Refused(RefusalReason.InactiveSecret));
        // No secret that is live is no leave to take anything for a nudge.
        scheme.Verify(Deliver()).ShouldBe(new Verdict.Refused(RefusalReason.MissingHeader));
    }

    [Theory]
    [InlineData(SignedContent.TimestampDotBody)]
    [InlineData(SignedContent.Body)]
    public void What_we_sign_is_verified_by_the_newest_live_secret(SignedContent content)
    {
        var later = new WebhookSecret("later", new Secret("whsec_later")) { NotBefore = Now.AddDays(1) };
        var scheme = new HmacScheme(Settings with { SignedContents = [content], Secrets = [.. Settings.Secrets, later] }, TimeForms.UnixSeconds);

        var signed = scheme.Sign(Encoding.UTF8.GetBytes(Body), Now).ShouldNotBeNull();

        scheme.Verify(Deliver([.. signed.Select(header => (header.Key, header.Value))])).ShouldBe(new Verdict.Verified("now"));
        new HmacScheme(Settings with { Secrets = [later] }, TimeForms.UnixSeconds).Sign(Encoding.UTF8.GetBytes(Body), Now).ShouldBeNull();
    }

    [Fact]
    public void Any_of_the_named_headers_will_do() =>
        Verify(("x-second-signature", OfStampAndBody), ("X-SECOND-TIME", Stamp)).ShouldBeOfType<Verdict.Verified>();

    [Fact]
    public void The_first_header_that_is_present_decides() =>
        Verify(("X-First-Signature", new string('0', 64)), ("X-Second-Signature", OfStampAndBody), ("X-First-Time", Stamp))
            .ShouldBe(new Verdict.Refused(RefusalReason.WrongSignature));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("sha512=")]
    public void A_signature_of_another_length_is_malformed(string surplus) =>
        Verify(("X-First-Signature", surplus.Length > 0 ? surplus + OfStampAndBody : OfStampAndBody[..^1]), ("X-First-Time", Stamp))
            .ShouldBe(new Verdict.Refused(RefusalReason.MalformedHeader));

    [Theory]
    [InlineData(300, true)]
    [InlineData(301, false)]
    [InlineData(-300, true)]
    [InlineData(-301, false)]
    public void The_tolerance_is_kept_to_the_second(int secondsLate, bool verified)
    {
        var delivery = Deliver(("X-First-Signature", OfStampAndBody), ("X-First-Time", Stamp)) with { ReceivedAt = Now.AddSeconds(secondsLate) };
        new HmacScheme(Settings, TimeForms.UnixSeconds).Verify(delivery)
            .ShouldBe(verified ? new Verdict.Verified("now") : new Verdict.Refused(RefusalReason.Stale));
    }

    [Fact]
    public void A_forgery_with_an_old_timestamp_is_a_forgery() =>
        Verify(("X-First-Signature", new string('a', 64)), ("X-First-Time", "1000000000")).ShouldBe(new Verdict.Refused(RefusalReason.WrongSignature));

    [Theory]
    [InlineData("UnixSeconds", "1795255200", true)]
    [InlineData("UnixSeconds", "1795255200000", false)]
    [InlineData("UnixMilliseconds", "1795255200000", true)]
    [InlineData("UnixMilliseconds", "1795255200", false)]
    [InlineData("UnixMilliseconds, UnixSeconds", "1795255200", true)]
    [InlineData("UnixMilliseconds, UnixSeconds", "17952552000", false)]
    [InlineData("Iso8601", "2026-11-21T10:00:00Z", true)]
    [InlineData("UnixSeconds", "2026-11-21T10:00:00Z", false)]
    [InlineData("Any", "2026-11-21T10:00:00.999999999999+00:00", true)]
    [InlineData("Any", "+1795255200", false)]
    [InlineData("Any", "１７９５２５５２００", false)]
    [InlineData("Any", "yesterday", false)]
    public void A_timestamp_is_read_in_the_providers_forms_only(string forms, string stamp, bool readable)
    {
        var mac = HMACSHA256.HashData("whsec_vector"u8, Encoding.UTF8.GetBytes($"{stamp}.{Body}"));
        var delivery = Deliver(("X-First-Signature", Convert.ToHexStringLower(mac)), ("X-First-Time", stamp));
        new HmacScheme(Settings, Enum.Parse<TimeForms>(forms)).Verify(delivery)
            .ShouldBe(readable ? new Verdict.Verified("now") : new Verdict.Refused(RefusalReason.MalformedHeader));
    }

    [Fact]
    public void The_legacy_form_is_refused_until_the_connection_turns_it_on()
    {
        var delivery = Deliver(("X-First-Signature", OfBody));
        new HmacScheme(Settings, TimeForms.UnixSeconds).Verify(delivery).ShouldBe(new Verdict.Refused(RefusalReason.MissingHeader));
        var both = Settings with { SignedContents = [SignedContent.TimestampDotBody, SignedContent.Body] };
        new HmacScheme(both, TimeForms.UnixSeconds).Verify(delivery).ShouldBe(new Verdict.Verified("now"));
    }

    [Fact]
    public void With_both_forms_on_a_stamped_delivery_is_still_held_to_its_time()
    {
        var both = Settings with { SignedContents = [SignedContent.Body, SignedContent.TimestampDotBody] };
        var late = Deliver(("X-First-Signature", OfStampAndBody), ("X-First-Time", Stamp)) with { ReceivedAt = Now.AddDays(1) };
        new HmacScheme(both, TimeForms.UnixSeconds).Verify(late).ShouldBe(new Verdict.Refused(RefusalReason.Stale));
    }

    [Fact]
    public void A_timestamp_cannot_borrow_from_the_body()
    {
        // "1795255200." + "5.{…}" and "1795255200.5" + "." + "{…}" are the same bytes: a timestamp must not hold a point of its own.
        var mac = HMACSHA256.HashData("whsec_vector"u8, Encoding.UTF8.GetBytes($"{Stamp}.5.{Body}"));
        Verify(("X-First-Signature", Convert.ToHexStringLower(mac)), ("X-First-Time", Stamp + ".5"))
            .ShouldBe(new Verdict.Refused(RefusalReason.MalformedHeader));
    }

    [Fact]
    public void Verifying_leaves_next_to_nothing_for_the_collector()
    {
        const int Rounds = 2000;
        var scheme = new HmacScheme(Settings, TimeForms.UnixSeconds);
        var delivery = Deliver(("X-First-Signature", OfStampAndBody), ("X-First-Time", Stamp));
        for (var round = 0; round < Rounds; round++) scheme.Verify(delivery);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < Rounds; round++) scheme.Verify(delivery);
        ((GC.GetAllocatedBytesForCurrentThread() - before) / Rounds).ShouldBeLessThan(256);
    }

    private static Verdict Verify(params (string Name, string Value)[] headers) =>
        new HmacScheme(Settings, TimeForms.UnixSeconds).Verify(Deliver(headers));

    private static Delivery Deliver(params (string Name, string Value)[] headers) => new(
        "POST",
        "",
        "/webhooks/x",
        headers.ToImmutableDictionary(header => header.Name, header => new[] { header.Value }, StringComparer.OrdinalIgnoreCase),
        Encoding.UTF8.GetBytes(Body),
        Now);
}
