namespace Reconciler.Providers.Tests;

public sealed class Verifying_ZoPay : VerifyingContract<ZoPaySamples>
{
    [Fact]
    public async Task The_older_header_names_are_tried_when_the_first_are_absent()
    {
        var delivery = Signed(Samples.Webhook(Samples.Success));
        var renamed = delivery with
        {
            Headers = delivery.Headers.ToDictionary(pair => pair.Key.Replace("X-Zo-", "X-Zito-"), pair => pair.Value, StringComparer.OrdinalIgnoreCase),
        };
        (await VerifyAsync(renamed)).ShouldBe(new Verdict.Verified(Samples.SignedBy));
    }

    [Fact]
    public async Task A_prefix_before_the_hex_digits_is_tolerated()
    {
        var delivery = Signed(Samples.Webhook(Samples.Success));
        (await VerifyAsync(With(delivery, "X-Zo-Signature", "sha256=" + delivery.Header("X-Zo-Signature")))).ShouldBe(new Verdict.Verified(Samples.SignedBy));
    }

    [Fact]
    public void The_delivery_id_is_taken_from_either_header()
    {
        var delivery = Signed("{}");
        Open().DeliveryId(With(delivery, "X-Zito-Delivery-Id", "d-1")).ShouldBe("d-1");
        Open().DeliveryId(With(With(delivery, "X-Zito-Delivery-Id", "d-1"), "X-Zo-Delivery-Id", "d-2")).ShouldBe("d-2");
    }
}
