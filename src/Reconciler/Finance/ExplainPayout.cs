using System.Collections.Immutable;
using Npgsql;
using Reconciler.Core;
using Reconciler.Finance.Cases;

namespace Reconciler.Finance;

/// <summary>Why a payout has its status: in words, and as data with the way to each kept byte.</summary>
internal static class ExplainPayout
{
    internal static async Task<IResult> HandleAsync(
        string connection, string id, NpgsqlDataSource database, TimeProvider clock, CancellationToken cancellation) =>
        PayoutPaths.IdOf(connection, id) is { } payout && await KeptPayout.FindAsync(database, payout, cancellation) is { } kept
            ? TypedResults.Ok(await OfAsync(database, kept, clock.GetUtcNow(), cancellation))
            : GetPayout.Unknown(connection, id);

    internal static async Task<WhyAnswer> OfAsync(NpgsqlDataSource database, KeptPayout kept, DateTimeOffset now, CancellationToken cancellation)
    {
        var payout = kept.Payout.Id;
        var approved = (await ProposalAnswer.OfPayoutAsync(database, payout, now, cancellation))
            .SelectMany(ofACase => ofACase).Where(made => made.Answer.State == ProposalState.Approved).ToList();
        var resolution = approved.Find(made => made.Id == kept.Payout.Resolution?.Id);
        var why = Why.Of(kept.Payout, kept.Derived, resolution is null ? null : Decision(resolution.Answer));
        var signers = await KeptEvidence.SignersAsync(database, payout.Connection, why.Evidence.Select(weighed => weighed.Claim.First.Digest), cancellation);
        return new WhyAnswer(
            payout.StreamId,
            kept.Derived.Status,
            kept.Derived.Confidence,
            kept.Derived.Rule,
            why.Sentence,
            resolution is null ? null : DecidedAnswer.Of(resolution),
            [.. approved.Where(made => made.Answer.Outcome == ProposedOutcome.Dismiss).Select(DecidedAnswer.Of)],
            Said(weighed => weighed.IsFor),
            Said(weighed => weighed.IsAgainst),
            Said(weighed => weighed.Bearing == Bearing.Overtaken),
            await OpenCases.OfAsync(database, payout, cancellation),
            new NextAnswer(kept.NextPollAt, Why.Next(kept.Payout, kept.Derived, kept.NextPollAt)));

        ImmutableArray<SaidAnswer> Said(Func<Weighed, bool> wanted) =>
            [.. why.Evidence.Where(wanted).Select(weighed => SaidAnswer.Of(payout, weighed, signers.GetValueOrDefault(weighed.Claim.First.Digest)))];
    }

    private static PeoplesDecision Decision(ProposalAnswer made) =>
        new(made.ProposedBy.Name, made.ProposedAt, made.Note, made.DecidedBy?.Name ?? "somebody else");
}

/// <param name="Sentence">For a person who knows neither webhooks nor rules.</param>
/// <param name="Resolution">What two people decided, where that is the status; null where they did not.</param>
/// <param name="Accepted">Disagreements that two people accepted as they are.</param>
/// <param name="For">Evidence that says what holds.</param>
/// <param name="Against">Evidence that claims another final.</param>
/// <param name="Overtaken">What was said on the way.</param>
public sealed record WhyAnswer(
    string Payout,
    PayoutStatus Status,
    Confidence Confidence,
    DerivationRule Rule,
    string Sentence,
    DecidedAnswer? Resolution,
    ImmutableArray<DecidedAnswer> Accepted,
    ImmutableArray<SaidAnswer> For,
    ImmutableArray<SaidAnswer> Against,
    ImmutableArray<SaidAnswer> Overtaken,
    IReadOnlyList<DiscrepancyAnswer> OpenDiscrepancies,
    NextAnswer Next);

/// <summary>Something that two people decided.</summary>
/// <param name="Discrepancy">The case on which they did.</param>
/// <param name="Note">Why, in the words of whoever proposed it.</param>
/// <param name="ApprovalNote">In the words of whoever approved it.</param>
public sealed record DecidedAnswer(
    Guid Discrepancy,
    ProposedOutcome Outcome,
    Person ProposedBy,
    DateTimeOffset ProposedAt,
    string Note,
    Person? ApprovedBy,
    DateTimeOffset? ApprovedAt,
    string? ApprovalNote)
{
    internal static DecidedAnswer Of(KeptProposal kept) => new(
        kept.Discrepancy, kept.Answer.Outcome, kept.Answer.ProposedBy, kept.Answer.ProposedAt, kept.Answer.Note,
        kept.Answer.DecidedBy, kept.Answer.DecidedAt, kept.Answer.DecisionNote);
}

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
