namespace Reconciler.Core.Tests.Observations;

public class Digests_of_evidence
{
    private const string OfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Fact]
    public void Are_sha_256_in_lower_case_hex()
    {
        EvidenceDigest.Of([]).ToString().ShouldBe(OfNothing);
        EvidenceDigest.Parse(OfNothing).ShouldBe(EvidenceDigest.Of([]));
        Convert.ToHexStringLower(EvidenceDigest.Parse(OfNothing).ToBytes()).ShouldBe(OfNothing);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("e3b0")]
    [InlineData("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    [InlineData("g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8550")]
    public void Nothing_else_is_one(string? text)
    {
        EvidenceDigest.TryParse(text, out var digest).ShouldBeFalse();
        digest.ShouldBe(default);
        Should.Throw<FormatException>(() => EvidenceDigest.Parse(text!));
    }

    [Fact]
    public void Are_in_the_order_of_their_text() =>
        EvidenceDigest.Parse(new string('0', 64)).CompareTo(EvidenceDigest.Parse(OfNothing)).ShouldBeLessThan(0);
}
