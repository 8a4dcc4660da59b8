using System.Collections.Immutable;
using Reconciler.Core;

namespace Reconciler.Finance.Cases;

/// <summary>One piece of evidence as it stands beside the others: the same bytes from the same kind of source once.</summary>
/// <param name="Shows">Whether it is among what shows the disagreement.</param>
/// <param name="FirstObservedAt">When we first heard it.</param>
/// <param name="LastObservedAt">When we last heard the very same.</param>
/// <param name="Times">How many events it made: each answer to a request of ours is one.</param>
/// <param name="Verified">Whether it counts: signed by a secret or key of the connection, or an answer to our own request.</param>
/// <param name="VerifiedBy">The id of the secret or key; null for an answer.</param>
/// <param name="Said">What it says, in our words; null where nothing could be read from it.</param>
/// <param name="Problem">Why nothing could be read.</param>
/// <param name="Evidence">Address of the kept bytes.</param>
public sealed record EvidenceSide(
    EvidenceDigest Digest,
    bool Shows,
    ClaimSource Source,
    DateTimeOffset FirstObservedAt,
    DateTimeOffset LastObservedAt,
    int Times,
    bool Verified,
    string? VerifiedBy,
    string? DeliveryId,
    int? HttpStatus,
    SaidInEvidence? Said,
    string? Problem,
    string Evidence)
{
    /// <summary>Beside what shows the case, so many others are listed: the latest.</summary>
    internal const int OthersMax = 100;

    internal static EvidenceSide? Of(PayoutEvent happened, ImmutableArray<EvidenceDigest> showing) => happened switch
    {
        WebhookReceived heard => new EvidenceSide(
            heard.Digest, showing.Contains(heard.Digest),
            heard.VerifyFinal == VerifyFinal.Always ? ClaimSource.WebhookToVerify : ClaimSource.Webhook,
            heard.ObservedAt, heard.ObservedAt, 1, heard.Verified, heard.VerifiedBy, heard.DeliveryId, null,
            SaidInEvidence.Of(heard.Observation), null, Address(heard.Payout, heard.Digest)),
        PollAnswered answered => new EvidenceSide(
            answered.Digest, showing.Contains(answered.Digest), ClaimSource.Poll, answered.ObservedAt, answered.ObservedAt, 1, true, null, null,
            answered.HttpStatus, answered.Observation is { } said ? SaidInEvidence.Of(said) : null, answered.Problem,
            Address(answered.Payout, answered.Digest)),
        _ => null,
    };

    /// <summary>All that was said, earliest first: what shows the case, and of the rest the latest.</summary>
    internal static ImmutableArray<EvidenceSide> SideBySide(IEnumerable<EvidenceSide> all)
    {
        var sides = all.GroupBy(one => (one.Digest, one.Source, one.Verified))
            .Select(same => same.First() with { LastObservedAt = same.Max(one => one.LastObservedAt), Times = same.Count() })
            .ToList();
        var others = sides.Where(one => !one.Shows).TakeLast(OthersMax);
        return [.. sides.Where(one => one.Shows).Concat(others).OrderBy(one => one.FirstObservedAt).ThenBy(one => one.Digest).ThenBy(one => one.Source)];
    }

    private static string Address(PayoutId payout, EvidenceDigest digest) => $"{PayoutPaths.Of(payout)}/evidence/{digest}";
}

/// <summary>What one piece of evidence says.</summary>
/// <param name="Status">What the provider's word means.</param>
/// <param name="Word">The provider's own word.</param>
/// <param name="Amount">Decimal text with the currency's own number of decimals.</param>
/// <param name="Recipient">Masked.</param>
/// <param name="OccurredAt">When the provider says that it happened.</param>
public sealed record SaidInEvidence(
    ObservedStatus Status,
    string Word,
    string? Amount,
    string? Currency,
    string? Recipient,
    string? Reference,
    string? ProviderReference,
    Failure? Failure,
    DateTimeOffset? OccurredAt)
{
    internal static SaidInEvidence Of(Observation said) => new(
        said.Status, said.Word, said.Amount?.AmountText, said.Amount?.Currency.Code, said.Recipient?.Masked, said.Reference,
        said.ProviderReference, said.Failure, said.OccurredAt);
}
