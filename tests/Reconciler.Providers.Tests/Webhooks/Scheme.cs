using System.Collections.Immutable;

namespace Reconciler.Providers.Tests;

/// <summary>The scheme with pinned keys, as a connection would open it.</summary>
internal static class Scheme
{
    public static HttpMessageSignatures Pinning(params SigningKey[] keys) => For(null, keys);

    public static HttpMessageSignatures For(Uri? publicUrl, params SigningKey[] keys)
    {
        var settings = Settings([.. keys.Select(key => key.Public)], publicUrl);
        return new HttpMessageSignatures(settings, new PublicKeys(settings.Keys, null, new StoppedClock()));
    }

    public static WebhookSettings Settings(ImmutableArray<WebhookKey> keys, Uri? publicUrl = null, string? keysFrom = null) =>
        new([], keys, keysFrom, publicUrl, ["Signature"], [], [], [], ToleranceSeconds: 60);

    public static async Task<string> VerifiedBy(this HttpMessageSignatures scheme, Delivery delivery) =>
        (await scheme.VerifyAsync(delivery, CancellationToken.None)).ShouldBeOfType<Verdict.Verified>().By;

    public static async Task<RefusalReason> RefusedFor(this HttpMessageSignatures scheme, Delivery delivery) =>
        (await scheme.VerifyAsync(delivery, CancellationToken.None)).ShouldBeOfType<Verdict.Refused>().Reason;
}
