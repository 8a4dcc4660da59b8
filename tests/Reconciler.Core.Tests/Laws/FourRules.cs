namespace Reconciler.Core.Tests.Laws;

/// <summary>The four rules once more, written straight from their wording over the plain list of what happened: slow, and hard to get wrong.</summary>
internal static class FourRules
{
    public static (PayoutStatus Status, Confidence Confidence, DerivationRule Rule) Of(IReadOnlyList<PayoutEvent> happenings)
    {
        var approved = happenings.OfType<ResolutionApproved>().Where(one => one.Outcome is not null).OrderBy(one => one.ObservedAt).ThenBy(one => one.Resolution).LastOrDefault();
        if (approved is not null) return (approved.Outcome!.Value, Confidence.Resolved, DerivationRule.Resolution);

        var said = Said(happenings);
        if (Earliest(said.Where(one => one.ByPoll)) is { } polled) return (polled.Status, Confidence.Confirmed, DerivationRule.PollFinal);
        if (Earliest(said.Where(one => one is { ByPoll: false, Counts: true })) is { } heard) return (heard.Status, Confidence.Reported, DerivationRule.WebhookFinal);

        var confidence = said.Any(one => one.ByPoll) ? Confidence.Confirmed : said.Count > 0 ? Confidence.Reported : Confidence.Expected;
        var isProcessing = said.Any(one => one.Status == PayoutStatus.Processing);
        return (isProcessing ? PayoutStatus.Processing : PayoutStatus.Pending, confidence, DerivationRule.NotFinal);
    }

    /// <summary>Every status that was claimed by a poll's answer or a verified webhook.</summary>
    public static List<Word> Said(IReadOnlyList<PayoutEvent> happenings)
    {
        var said = new List<Word>();
        foreach (var one in happenings)
        {
            if (one is PollAnswered { Observation: { } answer } poll && answer.Status.Claim() is { } answered)
                said.Add(new Word(answered, poll.ObservedAt, poll.Digest, ByPoll: true, Counts: true));
            if (one is WebhookReceived { Verified: true } webhook && webhook.Observation.Status.Claim() is { } heard)
                said.Add(new Word(heard, webhook.ObservedAt, webhook.Digest, ByPoll: false, Counts: webhook.VerifyFinal != VerifyFinal.Always));
        }

        return said;
    }

    public static Word? Earliest(IEnumerable<Word> words) =>
        words.Where(word => word.Status.IsFinal()).OrderBy(word => word.At).ThenBy(word => word.Digest).ThenBy(word => word.Status).FirstOrDefault();

    internal sealed record Word(PayoutStatus Status, DateTimeOffset At, EvidenceDigest Digest, bool ByPoll, bool Counts);
}
