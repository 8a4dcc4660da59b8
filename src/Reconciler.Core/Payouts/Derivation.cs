using System.Collections.Immutable;

namespace Reconciler.Core;

/// <summary>What the evidence of a payout amounts to.</summary>
/// <param name="Evidence">Digests of what decided; empty where no evidence did.</param>
public sealed record Derived(
    PayoutStatus Status,
    Confidence Confidence,
    DerivationRule Rule,
    ImmutableArray<EvidenceDigest> Evidence,
    Failure? Failure,
    DateTimeOffset? OccurredAt);

/// <summary>The rules of design section 4: the status is a function of the set of evidence.</summary>
public static class Derivation
{
    public static Derived Derive(Payout payout)
    {
        if (payout.Resolution is { } resolution)
            return new Derived(resolution.Outcome, Confidence.Resolved, DerivationRule.Resolution, [], null, resolution.ApprovedAt);
        if (payout.Claims.EarliestFinal(ClaimSource.Poll) is { } answered)
            return By(answered, Confidence.Confirmed, DerivationRule.PollFinal);
        if (payout.Claims.EarliestFinal(ClaimSource.Webhook) is { } heard)
            return By(heard, Confidence.Reported, DerivationRule.WebhookFinal);
        return NotFinal(payout.Claims);
    }

    private static Derived NotFinal(Claims claims)
    {
        var confidence = Confidence.Expected;
        Claim? highest = null;
        foreach (var claim in claims.All)
        {
            var word = claim.Source == ClaimSource.Poll ? Confidence.Confirmed : Confidence.Reported;
            if (word > confidence) confidence = word;
            if (!claim.Status.IsFinal() && (highest is null || IsHigher(claim, highest))) highest = claim;
        }

        return highest is null
            ? new Derived(PayoutStatus.Pending, confidence, DerivationRule.NotFinal, [], null, null)
            : By(highest, confidence, DerivationRule.NotFinal);
    }

    // Of equal statuses the earliest sighting: the choice must not depend on the order of arrival.
    private static bool IsHigher(Claim claim, Claim than) =>
        claim.Status != than.Status ? claim.Status > than.Status : claim.IsBefore(than);

    private static Derived By(Claim claim, Confidence confidence, DerivationRule rule) =>
        new(claim.Status, confidence, rule, [claim.First.Digest], claim.Failure, claim.OccurredAt);
}
