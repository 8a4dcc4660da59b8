namespace Reconciler.Providers.Tests;

public sealed class Verifying_Zayono : VerifyingContract<ZayonoSamples>
{
    [Fact]
    public async Task The_delivery_id_is_taken_from_its_header()
    {
        var delivery = With(Signed(Samples.Webhook(Samples.Success)), "X-Zayono-Delivery-Id", "d-1");
        (await VerifyAsync(delivery)).ShouldBeOfType<Verdict.Verified>();
        Open().DeliveryId(delivery).ShouldBe("d-1");
        Open().DeliveryId(Signed("{}")).ShouldBeNull();
    }
}
