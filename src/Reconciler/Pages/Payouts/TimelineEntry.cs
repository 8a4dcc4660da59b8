using System.Globalization;
using Reconciler.Core;
using Reconciler.Pages.Parts;

namespace Reconciler.Pages.Payouts;

/// <summary>One event of a payout in words for people.</summary>
/// <param name="Kind">heard, answered, moved, case, people or announced: how the row looks.</param>
/// <param name="OccurredAt">When the provider says that it happened; null where it does not, or nobody asked it.</param>
/// <param name="Delay">How long after that we knew.</param>
internal sealed record TimelineEntry(
    string Kind,
    string Title,
    DateTimeOffset? OccurredAt,
    string? Delay,
    PayoutStatus? Status,
    DiscrepancyKind? Case,
    EvidenceDigest? Digest,
    IReadOnlyList<(string Label, string Text)> Details)
{
    internal static TimelineEntry Of(PayoutEvent happened) => happened switch
    {
        PayoutExpected expected => Plain("announced", "Announced by our side",
            ("", Shown(expected.Expectation.Amount)), ("reference", expected.Expectation.Reference)),
        WebhookReceived heard => Evidence(heard, heard.Observation, heard.Digest, heard.Verified ? "Webhook" : "Nudge", "heard",
            heard.Verified ? ("signed with", heard.VerifiedBy ?? "") : ("", "not verified: it only made us ask")),
        PollAnswered { Observation: { } observation } answered => Evidence(answered, observation, answered.Digest, "Answer", "answered", Http(answered)),
        PollAnswered answered => Plain("answered", "Answer that says nothing of it", Http(answered), ("", answered.Problem ?? "")) with { Digest = answered.Digest },
        PayoutStatusChanged changed => Plain("moved", "Status moved to",
            ("", $"rule {Words.Rule(changed.Rule)}, {changed.Confidence.Word()}, version {Number(changed.StatusVersion)}"))
            with { Status = changed.To },
        DiscrepancyOpened opened => Plain("case", "Case opened", ("", opened.Detail)) with { Case = opened.Kind },
        DiscrepancyClosed closed => Plain("case", "Case closed", ("", closed.Reason)) with { Case = closed.Kind },
        ResolutionProposed proposed => Plain("people", "Proposed", ("by", proposed.By), ("", proposed.Note)) with { Status = proposed.Outcome },
        ResolutionApproved approved => Plain("people", "Approved", ("by", approved.By)) with { Status = approved.Outcome },
        ResolutionRejected rejected => Plain("people", "Rejected", ("by", rejected.By), ("", rejected.Note)),
        _ => Plain("", happened.GetType().Name),
    };

    private static TimelineEntry Plain(string kind, string title, params ReadOnlySpan<(string Label, string Text)> details) =>
        new(kind, title, null, null, null, null, null, [.. details.ToArray().Where(detail => detail.Text.Length > 0)]);

    private static TimelineEntry Evidence(
        PayoutEvent happened, Observation observation, EvidenceDigest digest, string title, string kind, (string, string) first)
    {
        var details = new List<(string Label, string Text)> { first };
        if (observation.Word.Length > 0) details.Add(("their word", observation.Word));
        if (observation.Status.Claim() is null) details.Add(("", Words.Of(observation.Status)));
        if (observation.Amount is { } amount) details.Add(("amount", Shown(amount)));
        if (observation.Failure is { } failure) details.Add(("because", $"{Words.Of(failure.Code)} {failure.ProviderCode} {failure.Message}".Trim()));
        return new TimelineEntry(kind, title, observation.OccurredAt, Lag(observation.OccurredAt, happened.ObservedAt), observation.Status.Claim(), null, digest, details);
    }

    private static string? Lag(DateTimeOffset? occurredAt, DateTimeOffset observedAt) => occurredAt is not { } at
        ? null
        : observedAt >= at ? $"{Times.Span(observedAt - at)} before we knew" : $"{Times.Span(at - observedAt)} ahead of our clock";

    private static string Shown(Money amount) => $"{Amounts.Grouped(amount.AmountText)} {amount.Currency}";

    private static (string, string) Http(PollAnswered answered) => ("HTTP", Number(answered.HttpStatus));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
