using System.Security.Cryptography;
using System.Text;

namespace Reconciler.Providers.Tests;

public sealed class Verifying_AwdPay : VerifyingContract<AwdPaySamples>
{
    [Theory]
    [InlineData("2026-11-21T10:00:00Z")]
    [InlineData("2026-11-21T11:00:00.123456789+01:00")]
    [InlineData("2026-11-21 10:00:00")]
    public async Task A_timestamp_in_iso_8601_is_read_and_signed_as_written(string timestamp)
    {
        var body = Encoding.UTF8.GetBytes(Samples.Webhook(Samples.Success));
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(HmacSamples.Secret), (byte[])[.. Encoding.UTF8.GetBytes(timestamp + "."), .. body]);
        var delivery = With(With(Signed(Samples.Webhook(Samples.Success)), "X-AWDPay-Timestamp", timestamp), "X-AWDPay-Signature", Convert.ToHexStringLower(mac));
        (await VerifyAsync(delivery)).ShouldBe(new Verdict.Verified(Samples.SignedBy));
    }
}
