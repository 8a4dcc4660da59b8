namespace Reconciler.Core.Tests.Laws;

/// <summary>Each kind's condition once more, straight from the list of what happened.</summary>
public class Cases_open_exactly_when_they_should
{
    [Fact]
    public void Contradiction_and_reversal() => ForEach((story, open) =>
    {
        var finals = FourRules.Said(story.Happenings).Where(word => word.Status.IsFinal()).ToList();
        var polled = FourRules.Earliest(finals.Where(word => word.ByPoll));
        var heard = finals.Where(word => !word.ByPoll).Select(word => word.Status).Distinct().ToList();
        open.Contains(DiscrepancyKind.Contradiction).ShouldBe(polled is not null && heard.Exists(status => status != polled.Status));
        var answered = finals.Where(word => word.ByPoll).Select(word => word.Status).Distinct().Count();
        open.Contains(DiscrepancyKind.Reversal).ShouldBe(answered > 1 || (answered == 0 && heard.Count > 1));
    });

    [Fact]
    public void Mismatches() => ForEach((story, open) =>
    {
        Mismatch(DiscrepancyKind.AmountMismatch, observation => observation.Amount?.Amount.ToString("0.00"), "5000.00");
        Mismatch(DiscrepancyKind.CurrencyMismatch, observation => observation.Amount?.Currency.Code, "XOF");
        Mismatch(DiscrepancyKind.RecipientMismatch, observation => observation.Recipient?.Digest, Stories.Ordered.Recipient!.Digest);

        void Mismatch(DiscrepancyKind kind, Func<Observation, string?> value, string ours)
        {
            var values = Counted(story).Select(one => value(one.Said)).OfType<string>().Distinct().ToList();
            open.Contains(kind).ShouldBe(IsAnnounced(story) ? values.Exists(said => said != ours) : values.Count > 1, kind.Word());
        }
    });

    [Fact]
    public void Unexpected_payout() => ForEach((story, open) =>
    {
        var heardAt = Counted(story).Select(one => (DateTimeOffset?)one.At).Min();
        var announcedAt = story.Happenings.OfType<PayoutExpected>().Select(one => (DateTimeOffset?)one.ObservedAt).Min();
        var agrees = !open.Overlaps([DiscrepancyKind.AmountMismatch, DiscrepancyKind.CurrencyMismatch, DiscrepancyKind.RecipientMismatch]);
        open.Contains(DiscrepancyKind.UnexpectedPayout)
            .ShouldBe(heardAt is not null && (announcedAt is null || (heardAt < announcedAt && !agrees)));
    });

    [Fact]
    public void Unrecognised_status_and_not_found() => ForEach((story, open) =>
    {
        open.Contains(DiscrepancyKind.UnrecognisedStatus).ShouldBe(Counted(story).Any(one => one.Said.Status == ObservedStatus.Unrecognised));
        var unknown = story.Happenings.OfType<PollAnswered>().Any(poll => poll is { PastGrace: true, Observation.Status: ObservedStatus.NotFound });
        open.Contains(DiscrepancyKind.NotFound).ShouldBe(unknown && !FourRules.Said(story.Happenings).Exists(word => word.ByPoll));
    });

    [Fact]
    public void Overdue_and_altered_delivery() => ForEach((story, open) =>
    {
        var isFinal = FourRules.Of(story.Happenings).Status.IsFinal();
        open.Contains(DiscrepancyKind.Overdue).ShouldBe(!isFinal && story.Happenings.Any(one => one is DiscrepancyOpened));
        var bodies = story.Happenings.OfType<WebhookReceived>()
            .Where(one => one is { Verified: true, DeliveryId: not null } && one.Observation.Status != ObservedStatus.NotFound)
            .Select(one => (one.DeliveryId, one.Digest)).Distinct().ToList();
        // Of a payout's deliveries only the earliest few are compared; beyond that bound this says nothing.
        if (bodies.Count <= Claims.FactsOfAKindMax)
            open.Contains(DiscrepancyKind.AlteredDelivery).ShouldBe(bodies.GroupBy(one => one.DeliveryId).Any(ofOneId => ofOneId.Count() > 1));
    });

    private static void ForEach(Action<Story, HashSet<DiscrepancyKind>> law) => Law.HoldsFor(Stories.WithoutPeople, story =>
    {
        if (story.Happenings.IsEmpty) return;
        law(story, [.. Story.Tell(story.Happenings).Payout!.OpenCases.Select(known => known.Kind)]);
    });

    private static bool IsAnnounced(Story story) => story.Happenings.Any(one => one is PayoutExpected);

    private static IEnumerable<(DateTimeOffset At, Observation Said)> Counted(Story story)
    {
        foreach (var one in story.Happenings)
        {
            if (one is PollAnswered { Observation: { Status: not ObservedStatus.NotFound } answer }) yield return (one.ObservedAt, answer);
            if (one is WebhookReceived { Verified: true, Observation.Status: not ObservedStatus.NotFound } webhook) yield return (one.ObservedAt, webhook.Observation);
        }
    }
}
