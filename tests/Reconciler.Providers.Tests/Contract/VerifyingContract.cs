using System.Text;

namespace Reconciler.Providers.Tests;

/// <summary>Verifying deliveries: what each provider's connection must accept and refuse.</summary>
public abstract class VerifyingContract<TSamples> : ProviderContract<TSamples> where TSamples : ProviderSamples, new()
{
    private Delivery Valid => Signed(Samples.Webhook(Samples.Success));

    [Fact]
    public async Task A_valid_signature_is_verified_by_the_key_that_made_it() =>
        (await VerifyAsync(Valid)).ShouldBe(new Verdict.Verified(Samples.SignedBy));

    [Fact]
    public async Task A_forged_signature_is_refused()
    {
        var forged = Samples.Sign(Valid.Body.ToArray(), Clock.Now, Clock.Now, forged: true);
        (await VerifyAsync(forged)).ShouldBe(new Verdict.Refused(RefusalReason.WrongSignature));
    }

    [Fact]
    public async Task A_body_altered_by_one_byte_is_refused()
    {
        var altered = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Valid.Body.Span).Replace("5000", "9000"));
        altered.Length.ShouldBe(Valid.Body.Length);
        (await VerifyAsync(Valid with { Body = altered })).ShouldBeOfType<Verdict.Refused>();
    }

    [Fact]
    public async Task A_body_with_a_blank_more_is_refused() =>
        (await VerifyAsync(Valid with { Body = (byte[])[.. Valid.Body.Span, (byte)' '] })).ShouldBeOfType<Verdict.Refused>();

    [Fact]
    public async Task A_truncated_signature_is_refused()
    {
        var signature = Valid.Header(Samples.SignatureHeader)!;
        for (var length = 0; length < signature.Length; length++)
            (await VerifyAsync(With(Valid, Samples.SignatureHeader, signature[..length]))).ShouldBeOfType<Verdict.Refused>();
    }

    [Fact]
    public async Task Each_missing_header_is_a_refusal()
    {
        foreach (var name in Samples.NeededHeaders)
        {
            var headers = Valid.Headers.Where(pair => !pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
            var without = Valid with { Headers = headers.ToDictionary(StringComparer.OrdinalIgnoreCase) };
            (await VerifyAsync(without)).ShouldBe(new Verdict.Refused(RefusalReason.MissingHeader), name);
        }
    }

    [Fact]
    public async Task Nonsense_in_any_header_is_a_refusal()
    {
        foreach (var name in Samples.NeededHeaders)
            foreach (var nonsense in new[] { "", " ", "=", "sha256=", "nonsense", "\"", "()", "0", "-1", "99999999999999999999", new string('f', 64), new string('f', 100_000), "\u00e9\uffff" })
                (await VerifyAsync(With(Valid, name, nonsense))).ShouldBeOfType<Verdict.Refused>($"{name}: {nonsense[..Math.Min(20, nonsense.Length)]}");
    }

    [Fact]
    public async Task A_stale_delivery_is_refused_and_so_is_one_from_the_future()
    {
        if (!Samples.Stamps) return;
        foreach (var sentAt in new[] { Clock.Now.AddHours(-1), Clock.Now.AddHours(1) })
            (await VerifyAsync(Samples.Sign(Valid.Body.ToArray(), sentAt, Clock.Now))).ShouldBe(new Verdict.Refused(RefusalReason.Stale));
    }

    [Fact]
    public async Task A_delivery_within_the_tolerance_is_verified()
    {
        var skew = TimeSpan.FromSeconds(Adapter.Defaults.Webhook.ToleranceSeconds - 1);
        (await VerifyAsync(Samples.Sign(Valid.Body.ToArray(), Clock.Now - skew, Clock.Now))).ShouldBeOfType<Verdict.Verified>();
        (await VerifyAsync(Samples.Sign(Valid.Body.ToArray(), Clock.Now + skew, Clock.Now))).ShouldBeOfType<Verdict.Verified>();
    }

    [Fact]
    public async Task A_connection_without_secrets_or_keys_verifies_nothing()
    {
        var settings = Settings();
        var bare = settings with { Webhook = settings.Webhook with { Secrets = [], Keys = [], KeysFrom = null } };
        (await VerifyAsync(Valid, bare)).ShouldBeOfType<Verdict.Unverifiable>();
    }

    protected static Delivery With(Delivery delivery, string header, string value) => delivery with
    {
        Headers = new Dictionary<string, string[]>(delivery.Headers, StringComparer.OrdinalIgnoreCase) { [header] = [value] },
    };
}
