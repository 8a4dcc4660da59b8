using System.Collections.Immutable;
using Npgsql;
using Reconciler.Core;

namespace Reconciler.Finance;

/// <summary>Why a payout has its status: in words, and as data with the way to each kept byte.</summary>
internal static class ExplainPayout
{
    internal static async Task<IResult> HandleAsync(string connection, string id, NpgsqlDataSource database, CancellationToken cancellation)
    {
        if (PayoutPaths.IdOf(connection, id) is not { } payout || await KeptPayout.FindAsync(database, payout, cancellation) is not { } kept)
            return GetPayout.Unknown(connection, id);
        var why = Why.Of(kept.Payout, kept.Derived);
        var signers = await KeptEvidence.SignersAsync(database, payout.Connection, why.Evidence.Select(weighed => weighed.Claim.First.Digest), cancellation);
        return TypedResults.Ok(new WhyAnswer(
            payout.StreamId,
            kept.Derived.Status,
            kept.Derived.Confidence,
            kept.Derived.Rule,
            why.Sentence,
            Said(weighed => weighed.IsFor),
            Said(weighed => weighed.IsAgainst),
            Said(weighed => weighed.Bearing == Bearing.Overtaken),
            await OpenCases.OfAsync(database, payout, cancellation),
            new NextAnswer(kept.NextPollAt, Why.Next(kept.Payout, kept.Derived, kept.NextPollAt))));

        ImmutableArray<SaidAnswer> Said(Func<Weighed, bool> wanted) =>
            [.. why.Evidence.Where(wanted).Select(weighed => SaidAnswer.Of(payout, weighed, signers.GetValueOrDefault(weighed.Claim.First.Digest)))];
    }
}

/// <param name="Sentence">For a person who knows neither webhooks nor rules.</param>
/// <param name="For">Evidence that says what holds.</param>
/// <param name="Against">Evidence that claims another final.</param>
/// <param name="Overtaken">What was said on the way.</param>
public sealed record WhyAnswer(
    string Payout,
    PayoutStatus Status,
    Confidence Confidence,
    DerivationRule Rule,
    string Sentence,
    ImmutableArray<SaidAnswer> For,
    ImmutableArray<SaidAnswer> Against,
    ImmutableArray<SaidAnswer> Overtaken,
    IReadOnlyList<DiscrepancyAnswer> OpenDiscrepancies,
    NextAnswer Next);

/// <summary>One claim, at its first sighting.</summary>
/// <param name="ObservedAt">When we heard it first.</param>
/// <param name="OccurredAt">When the provider says that it happened.</param>
/// <param name="VerifiedBy">The id of the secret or key that signed it; null for an answer.</param>
/// <param name="Evidence">Address of the kept bytes.</param>
public sealed record SaidAnswer(
    Bearing Bearing,
    ClaimSource Source,
    PayoutStatus Status,
    DateTimeOffset ObservedAt,
    DateTimeOffset? OccurredAt,
    Failure? Failure,
    string? VerifiedBy,
    EvidenceDigest Digest,
    string Evidence)
{
    internal static SaidAnswer Of(PayoutId payout, Weighed weighed, string? verifiedBy)
    {
        var (claim, first) = (weighed.Claim, weighed.Claim.First);
        var by = claim.Source == ClaimSource.Poll ? null : verifiedBy;
        return new SaidAnswer(
            weighed.Bearing, claim.Source, claim.Status, first.At, claim.OccurredAt, claim.Failure, by, first.Digest,
            $"{PayoutPaths.Of(payout)}/evidence/{first.Digest}");
    }
}

/// <param name="PollAt">When the provider is asked next; null: not again.</param>
public sealed record NextAnswer(DateTimeOffset? PollAt, string Sentence);
