namespace Reconciler.Providers.Tests;

public sealed class Verifying_pawaPay_version_1 : VerifyingContract<PawaPayV1Samples>;

public sealed class Verifying_pawaPay_version_2 : VerifyingContract<PawaPayV2Samples>
{
    [Fact]
    public void There_is_no_delivery_id() => Open().DeliveryId(Signed("{}")).ShouldBeNull();
}
