namespace Reconciler.Providers.Tests;

public sealed class Verifying_CaurisFlux : VerifyingContract<CaurisFluxSamples>
{
    [Fact]
    public async Task The_second_pair_of_header_names_is_tried_when_the_first_is_absent()
    {
        var delivery = Signed(Samples.Webhook(Samples.Success));
        var renamed = delivery with
        {
            Headers = delivery.Headers.ToDictionary(pair => pair.Key.Replace("X-Webhook-", "X-Cauris-"), pair => pair.Value, StringComparer.OrdinalIgnoreCase),
        };
        (await VerifyAsync(renamed)).ShouldBe(new Verdict.Verified(Samples.SignedBy));
    }
}
