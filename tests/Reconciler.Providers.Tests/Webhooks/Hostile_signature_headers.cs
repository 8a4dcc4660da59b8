using FsCheck;
using FsCheck.Fluent;

namespace Reconciler.Providers.Tests;

public sealed class Hostile_signature_headers
{
    private static readonly SigningKey Key = SigningKey.P256();

    private static readonly Delivery Good = new SignedCallback(Key, new StoppedClock().Now).Deliver();

    private static readonly string[] Fragments =
    [
        "sig-pp=", "(", ")", "\"@method\"", "\"@path\"", "\"content-digest\"", ";created=1795255200", ";expires=1795255260", ";keyid=\"HTTP_EC_P256_KEY:1\"",
        ";alg=", "\"", "\\", ":", ":AAAA:", ",", " ", "\t", "=", "?1", "-", "1.", ".5", "999999999999999", "9999999999999999", "*", "é", "\u0000", "\uD800", "\r\n", ";",
    ];

    [Fact]
    public void Random_text_in_any_signature_header_is_refused_and_never_throws() => ForAll(ArbMap.Default.ArbFor<string>().Generator.Select(text => text ?? ""), verified: false);

    [Fact]
    public void Shuffled_pieces_of_true_headers_are_refused_and_never_throw() =>
        ForAll(Gen.Elements(Fragments).ListOf().Select(string.Concat), verified: false);

    [Fact]
    public void A_true_description_with_one_character_changed_never_throws()
    {
        var input = Good.Header("Signature-Input")!;
        var changed =
            from at in Gen.Choose(0, input.Length - 1)
            from character in Gen.Choose(0, 0x17F)
            select input[..at] + (char)character + input[(at + 1)..];
        ForAll(changed, verified: null, "Signature-Input");
    }

    [Fact]
    public void Random_bytes_as_a_signature_are_refused_and_never_throw()
    {
        var random = Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(80);
        var derLike = random.Select(bytes => (byte[])[0x30, (byte)(bytes.Length % 128), 0x02, .. bytes]);
        ForAll(Gen.OneOf(random, derLike).Select(bytes => $"sig-pp=:{Convert.ToBase64String(bytes)}:"), verified: false, "Signature");
    }

    private static void ForAll(Gen<string> values, bool? verified, params string[] headers)
    {
        var scheme = Scheme.Pinning(Key);
        var names = headers.Length > 0 ? headers : ["Signature-Input", "Signature", "Content-Digest"];
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(values.ToArbitrary(), value => names.All(name =>
        {
            var asked = scheme.VerifyAsync(Good.WithHeader(name, value), CancellationToken.None);
            asked.IsCompletedSuccessfully.ShouldBeTrue();
            var verdict = asked.GetAwaiter().GetResult();
            // A change that means the same (another case of nothing, the same character again) may still verify; noise may not.
            return verified is null || verdict is Verdict.Verified == verified;
        })));
    }
}
