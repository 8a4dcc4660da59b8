namespace Reconciler.Providers;

/// <summary>
/// Verifies deliveries signed by RFC 9421 (HTTP Message Signatures), their bodies bound in by RFC 9530 (Content-Digest). Nothing of the
/// message chooses what it is measured by: the key decides the algorithm, and what must be covered stands here.
/// </summary>
internal sealed class HttpMessageSignatures(WebhookSettings settings, PublicKeys keys)
{
    /// <summary>
    /// One acceptable signature suffices: others may be a proxy's. Without one, the refusal names how far the best of them came.
    /// </summary>
    public async ValueTask<Verdict> VerifyAsync(Delivery delivery, CancellationToken cancellation)
    {
        if (!settings.Verifies) return new Verdict.Unverifiable();
        if (!delivery.Headers.ContainsKey("signature-input") || !delivery.Headers.ContainsKey("signature"))
            return new Verdict.Refused(RefusalReason.MissingHeader);
        if (SignatureBase.Field(delivery, "signature-input") is not { } inputHeader
            || SignatureBase.Field(delivery, "signature") is not { } signatureHeader
            || !SignatureInput.TryParse(inputHeader, out var inputs)
            || !ContentDigest.TryByteDictionary(signatureHeader, SignatureInput.LabelsMax, out var signatures))
            return new Verdict.Refused(RefusalReason.MalformedHeader);
        if (ContentDigest.Check(delivery) is { } bodyProblem) return new Verdict.Refused(bodyProblem);

        var farthest = RefusalReason.MissingHeader;
        foreach (var input in inputs)
        {
            if (!signatures.TryGetValue(input.Label, out var signature)) continue;
            var refusal = await RefusalAsync(input, signature, delivery, cancellation).ConfigureAwait(false);
            if (refusal is not { } reason) return new Verdict.Verified(input.KeyId!);
            if (reason > farthest) farthest = reason;
        }

        return new Verdict.Refused(farthest);
    }

    private async ValueTask<RefusalReason?> RefusalAsync(
        SignatureInput input, byte[] signature, Delivery delivery, CancellationToken cancellation)
    {
        if (!Covers(input)) return RefusalReason.NotCovered;
        if (input is not { Created: { } created, Expires: { } expires, KeyId: { } keyId } || expires < created)
            return RefusalReason.MalformedHeader;
        if (SignatureBase.Of(input, delivery, settings.PublicUrl) is not { } signed) return RefusalReason.MissingHeader;

        var (key, reason) = await keys.FindAsync(keyId, cancellation).ConfigureAwait(false);
        if (key is null) return reason;

        // An RSA key has two algorithms; without `alg` both are tried, since either proves the same owner.
        var algorithms = key.Algorithms.Where(algorithm => input.Algorithm is null || input.Algorithm == algorithm.Name).ToList();
        if (algorithms.Count == 0) return RefusalReason.WrongAlgorithm;
        if (!algorithms.Exists(algorithm => key.Verifies(algorithm, signed, signature))) return RefusalReason.WrongSignature;

        var now = delivery.ReceivedAt.ToUnixTimeSeconds();
        return created - settings.ToleranceSeconds <= now && now <= expires + settings.ToleranceSeconds ? null : RefusalReason.Stale;
    }

    // Without the digest the body is anybody's; without method and target the signature could be moved here from another request.
    private static bool Covers(SignatureInput input) =>
        input.Components.Contains("@method")
        && input.Components.Contains("content-digest")
        && (input.Components.Contains("@path") || input.Components.Contains("@authority"));
}
