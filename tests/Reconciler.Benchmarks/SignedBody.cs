using System.Buffers;
using System.Security.Cryptography;

namespace Reconciler.Benchmarks;

/// <summary>Reads a request's body and checks its HMAC: what every contender must do at the least.</summary>
internal static class SignedBody
{
    internal static async ValueTask<byte[]?> ReadAsync(HttpRequest request)
    {
        while (true)
        {
            var read = await request.BodyReader.ReadAsync();
            if (!read.IsCompleted)
            {
                request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            var body = read.Buffer.ToArray();
            request.BodyReader.AdvanceTo(read.Buffer.End);
            return IsSigned(body, request.Headers[Webhook.SignatureHeader].ToString()) ? body : null;
        }
    }

    private static bool IsSigned(byte[] body, string signature)
    {
        Span<byte> mac = stackalloc byte[32];
        Span<byte> given = stackalloc byte[32];
        HMACSHA256.HashData(Webhook.Secret, body, mac);
        return signature.StartsWith("sha256=", StringComparison.Ordinal)
            && Convert.FromHexString(signature.AsSpan(7), given, out _, out _) == OperationStatus.Done
            && CryptographicOperations.FixedTimeEquals(mac, given);
    }
}
