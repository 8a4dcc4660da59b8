using System.Security.Cryptography;
using System.Text;

namespace Reconciler.Providers.Tests;

public sealed class Verifying_a_signed_message
{
    private static readonly DateTimeOffset Now = new StoppedClock().Now;

    private static readonly SigningKey Key = SigningKey.P256();

    [Fact]
    public async Task All_four_algorithms_verify_elliptic_ones_as_DER_and_as_the_raw_pair()
    {
        SigningKey[] keys =
        [
            SigningKey.P256("p256-der"), SigningKey.P256("p256-raw", DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
            SigningKey.P384("p384-der"), SigningKey.P384("p384-raw", DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
            SigningKey.RsaPkcs1("rsa"), SigningKey.RsaPss("rsa-pss"),
        ];
        var scheme = Scheme.Pinning(keys);
        foreach (var key in keys)
            (await scheme.VerifiedBy(new SignedCallback(key, Now).Deliver())).ShouldBe(key.Id);
    }

    [Fact]
    public async Task Without_a_named_algorithm_the_key_decides()
    {
        SigningKey[] keys = [SigningKey.P256("a"), SigningKey.P384("b"), SigningKey.RsaPkcs1("c"), SigningKey.RsaPss("d")];
        var scheme = Scheme.Pinning(keys);
        foreach (var key in keys)
            (await scheme.VerifiedBy(new SignedCallback(key, Now) { NamesAlgorithm = false }.Deliver())).ShouldBe(key.Id);
    }

    [Fact]
    public async Task A_signature_looks_as_in_the_documentation_and_many_of_them_verify()
    {
        var scheme = Scheme.Pinning(Key);
        for (var at = 0; at < 50; at++)
        {
            var delivery = new SignedCallback(Key, Now) { Body = $$"""{"payoutId":"{{at}}"}""" }.Deliver();
            // DER of a P-256 pair: its first bytes are 30 43…48 02, in base64 MEM… to MEg….
            delivery.Header("Signature")!.ShouldMatch("^sig-pp=:ME[MQUYcgY]");
            (await scheme.VerifiedBy(delivery)).ShouldBe("HTTP_EC_P256_KEY:1");
        }
    }

    [Fact]
    public async Task Behind_a_proxy_the_public_address_is_what_was_signed()
    {
        var callback = new SignedCallback(Key, Now) { Authority = "Pay.Example.com:8443", Path = "/hooks/pawapay%20live" };
        var delivery = callback.Deliver(asReceived: ("10.0.0.7:8080", "/webhooks/pawapay-live"));

        (await Scheme.For(new Uri("https://PAY.example.com:8443/hooks/pawapay%20live"), Key).VerifiedBy(delivery)).ShouldBe(Key.Id);
        (await Scheme.Pinning(Key).RefusedFor(delivery)).ShouldBe(RefusalReason.WrongSignature);
    }

    [Fact]
    public async Task The_schemes_own_port_is_not_part_of_the_authority()
    {
        var delivery = new SignedCallback(Key, Now).Deliver(asReceived: ("internal", "/webhooks/pawapay-live"));
        (await Scheme.For(new Uri("https://pay.example.com:443/webhooks/pawapay-live"), Key).VerifiedBy(delivery)).ShouldBe(Key.Id);
    }

    [Fact]
    public async Task A_host_in_capitals_is_covered_in_lower_case()
    {
        var delivery = new SignedCallback(Key, Now).Deliver(asReceived: ("PAY.Example.COM", "/webhooks/pawapay-live"));
        (await Scheme.Pinning(Key).VerifiedBy(delivery)).ShouldBe(Key.Id);
    }

    [Fact]
    public async Task Either_path_or_authority_is_target_enough()
    {
        var scheme = Scheme.Pinning(Key);
        (await scheme.VerifiedBy(new SignedCallback(Key, Now) { Components = ["content-digest", "@path", "@method"] }.Deliver())).ShouldBe(Key.Id);
        (await scheme.VerifiedBy(new SignedCallback(Key, Now) { Components = ["@authority", "@method", "content-digest"] }.Deliver())).ShouldBe(Key.Id);
    }

    [Fact]
    public async Task A_covered_header_on_several_lines_counts_as_one_value()
    {
        var sha512 = $"sha-512=:{Convert.ToBase64String(SHA512.HashData(Encoding.UTF8.GetBytes("{}")))}:";
        var sha256 = $"sha-256=:{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes("{}")))}:";
        var delivery = new SignedCallback(Key, Now) { Body = "{}", ContentDigest = $"{sha512}, {sha256}" }.Deliver();
        (await Scheme.Pinning(Key).VerifiedBy(delivery.WithHeader("Content-Digest", $" {sha512} ", sha256))).ShouldBe(Key.Id);
    }

    [Fact]
    public async Task Of_two_labels_the_acceptable_one_counts_wherever_it_stands()
    {
        var other = SigningKey.P256("proxy");
        var ours = new SignedCallback(Key, Now).Deliver();
        var theirs = new SignedCallback(other, Now) { Label = "proxy_1", Components = ["@method"] }.Deliver();
        foreach (var (first, second) in new[] { (ours, theirs), (theirs, ours) })
        {
            var both = ours
                .WithHeader("Signature-Input", first.Header("Signature-Input")!, second.Header("Signature-Input")!)
                .WithHeader("Signature", $"{second.Header("Signature")}, {first.Header("Signature")}");
            (await Scheme.Pinning(Key, other).VerifiedBy(both)).ShouldBe(Key.Id);
        }
    }

    [Fact]
    public async Task Unknown_parameters_and_odd_spacing_are_covered_as_they_stand()
    {
        var callback = new SignedCallback(Key, Now) { Components = ["@method", "content-digest", "@path"] };
        var parameters = callback.ParametersText.Replace("(", "( ", StringComparison.Ordinal).Replace(";created", "; created", StringComparison.Ordinal)
            + ";nonce=\"a\\\"b\";tag=\"x\";x-1=?1;x-2=token/*;x-3=1.5;x-4=:AAAA:;flag";
        (await Scheme.Pinning(Key).VerifiedBy(callback.Deliver(parameters: parameters))).ShouldBe(Key.Id);
    }

    [Fact]
    public async Task The_clocks_may_differ_by_the_tolerance_on_both_ends()
    {
        var scheme = Scheme.Pinning(Key);
        foreach (var seconds in new[] { -60, 0, 60, 120 })
            (await scheme.VerifiedBy(new SignedCallback(Key, Now).Deliver(TimeSpan.FromSeconds(seconds)))).ShouldBe(Key.Id);
    }

    [Fact]
    public async Task One_key_serves_many_deliveries_at_once()
    {
        var scheme = Scheme.Pinning(Key);
        var good = new SignedCallback(Key, Now).Deliver();
        var bad = good.WithHeader("Signature-Date", "2020-01-01T00:00:00Z");
        await Parallel.ForAsync(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (at, _) =>
        {
            if (at % 2 == 0) (await scheme.VerifiedBy(good)).ShouldBe(Key.Id);
            else (await scheme.RefusedFor(bad)).ShouldBe(RefusalReason.WrongSignature);
        });
    }
}
