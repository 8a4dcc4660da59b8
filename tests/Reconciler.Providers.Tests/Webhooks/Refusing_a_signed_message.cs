using System.Security.Cryptography;
using System.Text;

namespace Reconciler.Providers.Tests;

/// <summary>Every way to fail is told apart inside, whatever the one answer outside.</summary>
public sealed class Refusing_a_signed_message
{
    private static readonly DateTimeOffset Now = new StoppedClock().Now;

    private static readonly SigningKey Key = SigningKey.P256();

    private static readonly HttpMessageSignatures Pinned = Scheme.Pinning(Key);

    private static SignedCallback Callback => new(Key, Now);

    [Fact]
    public async Task Without_keys_nothing_can_be_verified()
    {
        var settings = Scheme.Settings([]);
        var scheme = new HttpMessageSignatures(settings, new PublicKeys([], null, new StoppedClock()));
        (await scheme.VerifyAsync(Callback.Deliver(), CancellationToken.None)).ShouldBeOfType<Verdict.Unverifiable>();
    }

    [Theory]
    [InlineData("Signature")]
    [InlineData("Signature-Input")]
    [InlineData("Content-Digest")]
    [InlineData("Signature-Date")]
    public async Task A_header_is_missing(string name) =>
        (await Pinned.RefusedFor(Callback.Deliver().WithHeader(name, null))).ShouldBe(RefusalReason.MissingHeader);

    [Fact]
    public async Task No_signature_carries_a_described_label() =>
        (await Pinned.RefusedFor(Callback.Deliver().WithHeader("Signature", "other=:AAAA:"))).ShouldBe(RefusalReason.MissingHeader);

    [Theory]
    [InlineData("sig-pp=()")]
    [InlineData("sig-pp=(\"@method\" \"@method\" \"@path\" \"content-digest\");created=1;expires=2;keyid=\"k\"")]
    [InlineData("sig-pp=(\"@method\" \"@target-uri\" \"@path\" \"content-digest\");created=1;expires=2;keyid=\"k\"")]
    [InlineData("sig-pp=(\"@method\" \"@path\" \"content-digest\";sf);created=1;expires=2;keyid=\"k\"")]
    [InlineData("sig-pp=(\"@method\" \"@path\" \"Content-Digest\");created=1;expires=2;keyid=\"k\"")]
    [InlineData("sig-pp=(\"@method\"\"@path\" \"content-digest\");created=1;expires=2;keyid=\"k\"")]
    [InlineData("sig-pp=(\"@method\" \"@path\" \"content-digest\");created=1;created=1;expires=2;keyid=\"k\"")]
    [InlineData("sig-pp=(\"@method\" \"@path\" \"content-digest\");created=\"1\";expires=2;keyid=\"k\"")]
    [InlineData("sig-pp=(\"@method\" \"@path\" \"content-digest\");created=1.5;expires=2;keyid=\"k\"")]
    [InlineData("sig-pp=(\"@method\" \"@path\" \"content-digest\");created=1;expires=2;keyid=k")]
    [InlineData("sig-pp=(\"@method\" \"@path\" \"content-digest\");created=1;expires=2;keyid=\"k\",")]
    [InlineData("sig-pp=(\"@method\" \"@path\" \"content-digest\");created=1;expires=2;keyid=\"k\" x")]
    [InlineData("sig-pp=(\"@method\" \"@path\" \"content-digest\"")]
    [InlineData("sig-pp=\"@method\"")]
    [InlineData("sig-pp")]
    [InlineData("Sig=(\"@method\" \"@path\" \"content-digest\");created=1;expires=2;keyid=\"k\"")]
    [InlineData("")]
    public async Task The_description_is_malformed(string signatureInput) =>
        (await Pinned.RefusedFor(Callback.Deliver().WithHeader("Signature-Input", signatureInput))).ShouldBe(RefusalReason.MalformedHeader);

    [Theory]
    [InlineData("sig-pp=AAAA")]
    [InlineData("sig-pp=:AA AA:")]
    [InlineData("sig-pp=:AAA:")]
    [InlineData("sig-pp=:AAAA:, sig-pp=:AAAA:")]
    [InlineData("a=:AAAA:, b=:AAAA:, c=:AAAA:, d=:AAAA:, e=:AAAA:")]
    public async Task The_signature_header_is_malformed(string signature) =>
        (await Pinned.RefusedFor(Callback.Deliver().WithHeader("Signature", signature))).ShouldBe(RefusalReason.MalformedHeader);

    [Theory]
    [InlineData(";alg=\"ecdsa-p256-sha256\";created=1795255200;expires=1795255260")]
    [InlineData(";keyid=\"HTTP_EC_P256_KEY:1\";created=1795255200")]
    [InlineData(";keyid=\"HTTP_EC_P256_KEY:1\";expires=1795255260")]
    [InlineData(";keyid=\"HTTP_EC_P256_KEY:1\";created=1795255260;expires=1795255200")]
    public async Task Without_key_id_or_both_times_in_order_nothing_is_proved(string parameters)
    {
        var callback = Callback with { Components = ["@method", "@path", "content-digest"] };
        var delivery = callback.Deliver(parameters: "(\"@method\" \"@path\" \"content-digest\")" + parameters);
        (await Pinned.RefusedFor(delivery)).ShouldBe(RefusalReason.MalformedHeader);
    }

    [Fact]
    public async Task There_are_too_many_labels_or_components()
    {
        var member = Callback.ParametersText;
        var labels = string.Join(", ", Enumerable.Range(0, 5).Select(at => $"l{at}={member}"));
        (await Pinned.RefusedFor(Callback.Deliver().WithHeader("Signature-Input", labels))).ShouldBe(RefusalReason.MalformedHeader);

        var components = string.Join(' ', Enumerable.Range(0, 33).Select(at => $"\"h{at}\""));
        (await Pinned.RefusedFor(Callback.Deliver().WithHeader("Signature-Input", $"sig-pp=({components})"))).ShouldBe(RefusalReason.MalformedHeader);
        (await Pinned.RefusedFor(Callback.Deliver().WithHeader("Signature-Input", new string(' ', 9000)))).ShouldBe(RefusalReason.MalformedHeader);
    }

    [Theory]
    [InlineData("@method @authority @path content-type")]
    [InlineData("@authority @path content-digest")]
    [InlineData("@method content-digest content-type")]
    public async Task Too_little_is_covered(string components) =>
        (await Pinned.RefusedFor((Callback with { Components = components.Split(' ') }).Deliver())).ShouldBe(RefusalReason.NotCovered);

    [Fact]
    public async Task The_body_was_altered() =>
        (await Pinned.RefusedFor(Callback.Deliver().WithBody("{}"))).ShouldBe(RefusalReason.AlteredBody);

    [Fact]
    public async Task One_of_two_digests_is_of_another_body()
    {
        var right = Callback.Digest;
        var wrong = $"sha-256=:{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes("{}")))}:";
        (await Pinned.RefusedFor((Callback with { ContentDigest = $"{right}, {wrong}" }).Deliver())).ShouldBe(RefusalReason.AlteredBody);
    }

    [Theory]
    [InlineData("md5=:AAAA:")]
    [InlineData("sha-512=AAAA")]
    [InlineData("")]
    public async Task No_digest_can_be_read(string digest) =>
        (await Pinned.RefusedFor((Callback with { ContentDigest = digest }).Deliver())).ShouldBe(RefusalReason.MalformedHeader);

    [Fact]
    public async Task The_key_is_unknown() =>
        (await Pinned.RefusedFor((Callback with { Key = Key.Claiming("HTTP_EC_P256_KEY:9") }).Deliver())).ShouldBe(RefusalReason.UnknownKey);

    [Theory]
    [InlineData("ecdsa-p384-sha384")]
    [InlineData("rsa-pss-sha512")]
    [InlineData("hmac-sha256")]
    [InlineData("none")]
    public async Task The_named_algorithm_is_not_the_keys(string algorithm) =>
        (await Pinned.RefusedFor((Callback with { Algorithm = algorithm }).Deliver())).ShouldBe(RefusalReason.WrongAlgorithm);

    [Fact]
    public async Task An_RSA_signature_is_not_the_named_one_of_the_two()
    {
        var key = SigningKey.RsaPkcs1();
        var delivery = new SignedCallback(key, Now) { Algorithm = "rsa-pss-sha512" }.Deliver();
        (await Scheme.Pinning(key).RefusedFor(delivery)).ShouldBe(RefusalReason.WrongSignature);
    }

    [Fact]
    public async Task It_was_signed_by_another_key_under_a_known_id() =>
        (await Pinned.RefusedFor((Callback with { Key = SigningKey.P256() }).Deliver())).ShouldBe(RefusalReason.WrongSignature);

    [Fact]
    public async Task Anything_covered_was_changed_on_the_way()
    {
        var delivery = Callback.Deliver();
        (await Pinned.RefusedFor(delivery with { Method = "PUT" })).ShouldBe(RefusalReason.WrongSignature);
        (await Pinned.RefusedFor(delivery with { Path = "/webhooks/other" })).ShouldBe(RefusalReason.WrongSignature);
        (await Pinned.RefusedFor(delivery with { Authority = "evil.example.com" })).ShouldBe(RefusalReason.WrongSignature);
        (await Pinned.RefusedFor(delivery.WithHeader("Content-Type", "text/plain"))).ShouldBe(RefusalReason.WrongSignature);
        var prolonged = delivery.Header("Signature-Input")!.Replace("expires=1", "expires=2", StringComparison.Ordinal);
        (await Pinned.RefusedFor(delivery.WithHeader("Signature-Input", prolonged))).ShouldBe(RefusalReason.WrongSignature);
    }

    [Fact]
    public async Task The_signature_is_cut_or_empty()
    {
        var delivery = Callback.Deliver();
        var signature = Convert.FromBase64String(delivery.Header("Signature")!["sig-pp=:".Length..^1]);
        foreach (var length in new[] { 0, 1, 2, 64, signature.Length - 1 })
            (await Pinned.RefusedFor(delivery.WithHeader("Signature", $"sig-pp=:{Convert.ToBase64String(signature[..length])}:"))).ShouldBe(RefusalReason.WrongSignature);
    }

    [Theory]
    [InlineData(121)]
    [InlineData(-61)]
    [InlineData(86_400)]
    public async Task It_is_too_old_or_from_the_future(int secondsOnTheWay) =>
        (await Pinned.RefusedFor(Callback.Deliver(TimeSpan.FromSeconds(secondsOnTheWay)))).ShouldBe(RefusalReason.Stale);

    [Fact]
    public async Task Of_two_labels_the_one_that_came_farther_names_the_refusal()
    {
        var ours = Callback.Deliver(TimeSpan.FromHours(1));
        var theirs = (Callback with { Label = "proxy", Components = ["@method"] }).Deliver();
        var both = ours
            .WithHeader("Signature-Input", ours.Header("Signature-Input")!, theirs.Header("Signature-Input")!)
            .WithHeader("Signature", theirs.Header("Signature")!, ours.Header("Signature")!);
        (await Pinned.RefusedFor(both)).ShouldBe(RefusalReason.Stale);
    }
}
