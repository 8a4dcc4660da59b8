using System.Collections.Immutable;
using System.Globalization;

namespace Reconciler.Core;

/// <summary>How a piece of evidence stands to the status that holds.</summary>
public enum Bearing
{
    /// <summary>It decided.</summary>
    Decides,

    /// <summary>It says the same.</summary>
    Agrees,

    /// <summary>It said something on the way that a final word has overtaken, or something lower.</summary>
    Overtaken,

    /// <summary>It claims a final, and does not count before the provider answers our own request.</summary>
    Unverified,

    /// <summary>It claims another final than the status that holds.</summary>
    Contradicts,
}

/// <summary>One claim and how it stands.</summary>
public sealed record Weighed(Claim Claim, Bearing Bearing)
{
    public bool IsFor => Bearing is Bearing.Decides or Bearing.Agrees;

    public bool IsAgainst => Bearing is Bearing.Unverified or Bearing.Contradicts;
}

/// <summary>Why a payout has the status that it has, for a person who knows neither webhooks nor rules.</summary>
/// <param name="Sentence">What decided, in one plain sentence, and a second one where something speaks against it.</param>
/// <param name="Evidence">All claims, in the order of their first sighting.</param>
public sealed record Why(string Sentence, ImmutableArray<Weighed> Evidence)
{
    /// <param name="decision">Who decided, where people did and that is at hand.</param>
    public static Why Of(Payout payout, Derived derived, PeoplesDecision? decision = null)
    {
        ImmutableArray<Weighed> evidence =
            [.. payout.Claims.All.OrderBy(claim => claim.First).ThenBy(claim => claim.Source).Select(claim => new Weighed(claim, Weigh(claim, derived)))];
        return new Why($"{Decided(payout, derived, decision)}{Against(evidence, derived)}{Accepted(payout)}{Open(payout)}", evidence);
    }

    /// <summary>What happens next, in one plain sentence.</summary>
    /// <param name="nextPollAt">When the provider is asked next; null: not again.</param>
    public static string Next(Payout payout, Derived derived, DateTimeOffset? nextPollAt) => (nextPollAt, payout.Resolution) switch
    {
        (null, not null) => "Nothing: people have decided, and the provider is not asked again.",
        (null, _) when derived.Status.IsFinal() => "Nothing: the status is final, and all checks after it have been made.",
        (null, _) => "Nothing is planned until the provider sends a word.",
        ({ } at, _) when derived.Rule == DerivationRule.WebhookFinal && payout.OpenCases.Any() =>
            $"The provider is asked on {Time(at)}, because the evidence does not agree.",
        ({ } at, _) when derived.Status.IsFinal() => $"The provider is asked once more on {Time(at)}, in case the money came back.",
        ({ } at, _) when payout.Claims.EarliestFinal(ClaimSource.WebhookToVerify) is not null =>
            $"The provider is asked on {Time(at)}, to confirm what its webhook said.",
        ({ } at, _) when payout.OverdueAt is not null =>
            $"The provider is asked again on {Time(at)}, at the slowest pace, since the payout is overdue.",
        ({ } at, _) => $"The provider is asked on {Time(at)}, unless a webhook comes before.",
    };

    private static Bearing Weigh(Claim claim, Derived derived)
    {
        var isUnverified = claim.Source == ClaimSource.WebhookToVerify && claim.Status.IsFinal();
        if (derived.Evidence.Contains(claim.First.Digest) && claim.Status == derived.Status && !isUnverified) return Bearing.Decides;
        if (claim.Status == derived.Status) return Bearing.Agrees;
        if (!claim.Status.IsFinal()) return Bearing.Overtaken;
        return derived.Status.IsFinal() ? Bearing.Contradicts : Bearing.Unverified;
    }

    private static string Decided(Payout payout, Derived derived, PeoplesDecision? decision) => derived.Rule switch
    {
        DerivationRule.Resolution when decision is not null =>
            $"Two people decided that the payout {Became(derived.Status)}: {decision.Proposer} proposed it on {Time(decision.ProposedAt)}, "
            + $"saying “{decision.Note}”, and {decision.Approver} approved it on {Time(payout.Resolution!.ApprovedAt)}.",
        DerivationRule.Resolution => $"Two people decided on {Time(payout.Resolution!.ApprovedAt)} that the payout {Became(derived.Status)}.",
        DerivationRule.PollFinal =>
            $"Asked by us on {Time(payout.Claims.EarliestFinal(ClaimSource.Poll)!.First.At)}, the provider answered that the payout {Became(derived.Status)}.",
        DerivationRule.WebhookFinal =>
            $"In a signed message (webhook) of {Time(payout.Claims.EarliestFinal(ClaimSource.Webhook)!.First.At)} the provider says that the payout "
            + $"{Became(derived.Status)}; to our own request it has given no final answer.",
        DerivationRule.NotFinal => NotFinal(payout, derived),
    };

    private static string NotFinal(Payout payout, Derived derived)
    {
        var latest = payout.Claims.All.Where(claim => claim.Status == derived.Status).OrderBy(claim => claim.First).FirstOrDefault();
        return (latest, payout.FirstEvidence) switch
        {
            ({ Source: ClaimSource.Poll } answer, _) =>
                $"No final word has come yet; asked by us on {Time(answer.First.At)}, the provider answered that the payout {Became(derived.Status)}.",
            ({ } heard, _) => $"No final word has come yet; in a signed message (webhook) of {Time(heard.First.At)} the provider says that the payout {Became(derived.Status)}.",
            (null, null) => "Our own side announced the payout, and the provider has not said a word about it yet.",
            (null, _) => "The provider has spoken of the payout, but has said nothing yet that counts as a status.",
        };
    }

    private static string Against(ImmutableArray<Weighed> evidence, Derived derived)
    {
        if (evidence.FirstOrDefault(weighed => weighed.Bearing == Bearing.Contradicts)?.Claim is { } other)
            return $" Against it, {Source(other)} of {Time(other.First.At)} says that it {Became(other.Status)}; {Holds(derived.Rule)}.";
        return evidence.FirstOrDefault(weighed => weighed.Bearing == Bearing.Unverified)?.Claim is { } claimed
            ? $" A signed message (webhook) of {Time(claimed.First.At)} says that it {Became(claimed.Status)}, which counts only once the provider has answered our own request."
            : "";
    }

    private static string Accepted(Payout payout) => payout.Accepted is { Settles: { Length: > 0 } settled }
        ? $" Two people accepted as it is: {string.Join("; ", settled.Select(one => Said(one.Kind)))}."
        : "";

    private static string Open(Payout payout)
    {
        var open = payout.OpenCases.Select(known => known.Kind).Order().Select(Said).ToList();
        return open.Count == 0 ? "" : $" People still have to look at this: {string.Join("; ", open)}.";
    }

    /// <summary>What disagrees in a case of a kind, as a part of a sentence.</summary>
    public static string Said(DiscrepancyKind kind) => kind switch
    {
        DiscrepancyKind.Contradiction => "the provider's messages and its answers name different outcomes",
        DiscrepancyKind.Reversal => "the provider named one outcome and later another",
        DiscrepancyKind.AmountMismatch => "the amount differs",
        DiscrepancyKind.CurrencyMismatch => "the currency differs",
        DiscrepancyKind.RecipientMismatch => "the recipient differs",
        DiscrepancyKind.UnexpectedPayout => "nobody on our side had announced the payout",
        DiscrepancyKind.UnrecognisedStatus => "the provider used a word that we cannot read yet",
        DiscrepancyKind.NotFound => "asked by us, the provider does not know the payout",
        DiscrepancyKind.Overdue => "no final word came in time",
        DiscrepancyKind.AlteredDelivery => "one message of the provider came with two different contents",
    };

    private static string Holds(DerivationRule rule) => rule switch
    {
        DerivationRule.Resolution => "what people decided holds",
        DerivationRule.PollFinal => "the first answer to our own request holds until people decide",
        DerivationRule.WebhookFinal or DerivationRule.NotFinal => "the first word holds until the provider answers our own request or people decide",
    };

    private static string Source(Claim claim) => claim.Source == ClaimSource.Poll ? "an answer of the provider" : "a signed message (webhook)";

    private static string Became(PayoutStatus status) => status switch
    {
        PayoutStatus.Pending => "is waiting to be processed",
        PayoutStatus.Processing => "is being processed",
        PayoutStatus.Succeeded => "succeeded",
        PayoutStatus.Failed => "failed",
        PayoutStatus.Cancelled => "was cancelled",
        PayoutStatus.Expired => "expired",
    };

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}

/// <summary>Who decided what became of a payout.</summary>
/// <param name="Proposer">What people call the one who proposed it.</param>
/// <param name="Note">Why, in the proposer's words.</param>
public sealed record PeoplesDecision(string Proposer, DateTimeOffset ProposedAt, string Note, string Approver);
