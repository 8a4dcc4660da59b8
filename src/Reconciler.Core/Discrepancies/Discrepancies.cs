using System.Collections.Immutable;

namespace Reconciler.Core;

/// <summary>A disagreement that the evidence of a payout shows.</summary>
/// <param name="Detail">What disagrees, in words, without personal data.</param>
public sealed record Discrepancy(DiscrepancyKind Kind, ImmutableArray<EvidenceDigest> Evidence, string Detail);

/// <summary>Finds the disagreements in a payout's evidence. Like the status, they are a function of the set.</summary>
public static class Discrepancies
{
    internal const string OverdueDetail = "No final word within the polling schedule's deadline.";

    public static ImmutableArray<Discrepancy> Of(Payout payout, Derived derived)
    {
        var found = ImmutableArray.CreateBuilder<Discrepancy>();
        Finals(payout, found);
        var mismatches = Mismatches(payout, found);
        Unexpected(payout, mismatches, found);
        UnrecognisedWords(payout, found);
        NotFound(payout, found);
        AlteredDeliveries(payout, found);
        if (payout.OverdueAt is not null && !derived.Status.IsFinal())
            found.Add(new Discrepancy(DiscrepancyKind.Overdue, [], OverdueDetail));
        if (payout.Resolution is { } resolution) found.RemoveAll(one => resolution.Settles.Covers(one));
        if (payout.Accepted is { } accepted) found.RemoveAll(one => accepted.Settles.Covers(one));
        return found.ToImmutable();
    }

    private static void Finals(Payout payout, ImmutableArray<Discrepancy>.Builder found)
    {
        if (payout.Claims.All.Length < 2 && payout.Resolution is null) return;
        var polled = payout.Claims.Finals(ClaimSource.Poll).ToList();
        var heard = payout.Claims.Finals(ClaimSource.Webhook).Concat(payout.Claims.Finals(ClaimSource.WebhookToVerify)).ToList();

        List<Claim> apart = payout.Claims.EarliestFinal(ClaimSource.Poll) is { } holds && heard.Exists(claim => claim.Status != holds.Status)
            ? [holds, .. heard.Where(claim => claim.Status != holds.Status)]
            : [];
        // What the provider said since people decided is told first, and shown beside what they had settled: whoever decides again
        // decides on all of it.
        if (payout.Resolution is { } resolution && Since(resolution, polled.Concat(heard)) is { Count: > 0 } later)
            found.Add(Between(DiscrepancyKind.Contradiction, $"After it was resolved as {resolution.Outcome.Word()}, the provider said otherwise", later, beside: apart));
        else if (apart.Count > 0)
            found.Add(Between(DiscrepancyKind.Contradiction, "Webhook and status answer differ", apart));

        // A webhook is a webhook here, whether its connection demanded a poll at the time or not: a change of policy between two
        // that differ must not hide the second.
        var ofTheHighestRank = polled.Count > 0 ? polled : heard;
        if (ofTheHighestRank.Exists(claim => claim.Status != ofTheHighestRank[0].Status))
            found.Add(Between(DiscrepancyKind.Reversal, "Finals from the same source differ", ofTheHighestRank));
    }

    private static List<Claim> Since(ApprovedResolution resolution, IEnumerable<Claim> finals) =>
        [.. finals.Where(claim => claim.Status != resolution.Outcome && resolution.CameBefore(claim))];

    private static Discrepancy Between(DiscrepancyKind kind, string what, IReadOnlyList<Claim> claims, IReadOnlyList<Claim>? beside = null)
    {
        var words = string.Join(", then ", InOrder(claims).Select(claim => claim.Status.Word()).Distinct());
        return new Discrepancy(kind, [.. InOrder(claims.Concat(beside ?? [])).Select(claim => claim.First.Digest).Distinct()], $"{what}: {words}.");
    }

    private static IOrderedEnumerable<Claim> InOrder(IEnumerable<Claim> claims) =>
        claims.OrderBy(claim => claim.First).ThenBy(claim => claim.Source).ThenBy(claim => claim.Status);

    private static bool Mismatches(Payout payout, ImmutableArray<Discrepancy>.Builder found)
    {
        var before = found.Count;
        var expected = payout.Expected;
        Mismatch(DiscrepancyKind.AmountMismatch, FactKind.Amount, expected is null ? null : Payout.PlainAmount(expected.Amount), "amount");
        Mismatch(DiscrepancyKind.CurrencyMismatch, FactKind.Currency, expected?.Amount.Currency.Code, "currency");
        Mismatch(DiscrepancyKind.RecipientMismatch, FactKind.Recipient,
            expected?.Recipient is { } recipient ? $"{recipient.Digest} {recipient.Masked}" : null, "recipient");
        return found.Count > before;

        void Mismatch(DiscrepancyKind kind, FactKind factKind, string? ours, string name)
        {
            var facts = payout.Claims.Of(factKind);
            var differing = ours is null ? facts.Count > 1 ? facts : [] : [.. facts.Where(fact => fact.Value != ours)];
            if (differing.Count == 0) return;
            var said = string.Join(", ", differing.Select(fact => Shown(fact)));
            var detail = ours is null
                ? $"The evidence names more than one {name}: {said}."
                : $"Expected the {name} {Shown(new Fact(factKind, ours, default))}; the evidence says {said}.";
            found.Add(new Discrepancy(kind, [.. differing.Select(fact => fact.First.Digest).Distinct()], detail));
        }
    }

    // A recipient's fact begins with its digest, which is for comparing, not for showing.
    private static string Shown(Fact fact) => fact.Kind == FactKind.Recipient ? fact.Value[(fact.Value.IndexOf(' ') + 1)..] : fact.Value;

    private static void Unexpected(Payout payout, bool mismatches, ImmutableArray<Discrepancy>.Builder found)
    {
        if (payout.FirstEvidence is not { } first) return;
        var cameFirst = payout.ExpectedAt is not { } expectedAt || first.At < expectedAt;
        if (!cameFirst || (payout.Expected is not null && !mismatches)) return;
        found.Add(new Discrepancy(DiscrepancyKind.UnexpectedPayout, [first.Digest], payout.Expected is null
            ? "The provider speaks of a payout that nobody registered."
            : "It was registered after the provider spoke of it, and does not agree."));
    }

    private static void UnrecognisedWords(Payout payout, ImmutableArray<Discrepancy>.Builder found)
    {
        var words = payout.Claims.Of(FactKind.UnrecognisedWord);
        if (words.Count > 0)
            found.Add(new Discrepancy(DiscrepancyKind.UnrecognisedStatus, Digests(words),
                $"Status words without a mapping: {string.Join(", ", words.Select(word => $"'{word.Value}'"))}."));
    }

    private static void NotFound(Payout payout, ImmutableArray<Discrepancy>.Builder found)
    {
        var answers = payout.Claims.Of(FactKind.NotFound);
        if (answers.Count > 0 && !payout.Claims.All.Any(claim => claim.Source == ClaimSource.Poll))
            found.Add(new Discrepancy(DiscrepancyKind.NotFound, Digests(answers), "Asked past the grace period, the provider does not know this payout."));
    }

    private static void AlteredDeliveries(Payout payout, ImmutableArray<Discrepancy>.Builder found)
    {
        var altered = payout.Claims.Of(FactKind.Delivery)
            .GroupBy(fact => fact.Value[(fact.Value.IndexOf(' ') + 1)..], StringComparer.Ordinal)
            .Where(bodies => bodies.Count() > 1)
            .SelectMany(bodies => bodies)
            .ToList();
        if (altered.Count > 0)
            found.Add(new Discrepancy(DiscrepancyKind.AlteredDelivery, Digests(altered), "One delivery id came with different bodies."));
    }

    private static ImmutableArray<EvidenceDigest> Digests(IEnumerable<Fact> facts) => [.. facts.Select(fact => fact.First.Digest).Distinct()];
}
