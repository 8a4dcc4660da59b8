namespace Reconciler.Core;

/// <summary>
/// When a payout is asked about next: a pure function of what is known and of its connection's policy. A poll happens only when
/// webhooks go silent, or to verify what must be verified.
/// </summary>
public static class SilenceSchedule
{
    /// <summary>Two clocks that are kept right differ by less.</summary>
    public static readonly TimeSpan ClocksDifferMax = TimeSpan.FromSeconds(5);

    /// <summary>The wait after the <paramref name="pollsInARow"/>-th poll in a row (0: after a word was heard).</summary>
    public static TimeSpan Step(PollingPolicy policy, int pollsInARow)
    {
        if (pollsInARow < policy.Silence.Length) return Least(policy.Silence[pollsInARow], policy.Slowest);
        var wait = policy.Silence[^1];
        for (var beyond = policy.Silence.Length; beyond <= pollsInARow && wait < policy.Slowest; beyond++) wait += wait / 2;
        return Least(wait, policy.Slowest);
    }

    /// <summary>When to ask next, after <paramref name="cause"/> was folded in; null: not again.</summary>
    /// <param name="now">
    /// By the clock that all nodes share. A word that is dated some seconds later was heard by a node whose own clock is ahead: it counts as
    /// heard now. And one whose clock is behind dates an answer before the question: asking goes on after a step, not at once.
    /// </param>
    public static DateTimeOffset? NextPoll(Payout payout, PollingPolicy policy, PayoutEvent cause, DateTimeOffset now)
    {
        var next = Following(payout, policy, cause, now);
        return cause is PollAnswered && next <= now ? now + Wait(payout, policy) : next;
    }

    private static DateTimeOffset? Following(Payout payout, PollingPolicy policy, PayoutEvent cause, DateTimeOffset now)
    {
        var observedAt = Heard(cause.ObservedAt, now);
        if (payout.Resolution is not null) return null;
        var isWord = cause is WebhookReceived or PayoutExpected;
        if (cause is WebhookReceived { Verified: false } && payout.Claims.EarliestFinal(ClaimSource.Poll) is null) return observedAt;
        // What people say among themselves pushes nothing away.
        var lastWord = Heard(LastWord(payout) ?? observedAt, now);
        var since = cause is ResolutionProposed or ResolutionApproved or ResolutionRejected ? lastWord : observedAt;
        if (NeedsVerification(payout, policy)) return isWord ? observedAt : since + Wait(payout, policy);
        if (payout.Status?.IsFinal() != true) return Later(lastWord, Wait(payout, policy));
        return NextRecheck(payout, policy);
    }

    // By time, not by counting polls: one that a person asked for, or that verified a webhook, must not stand in for a recheck days later.
    private static DateTimeOffset? NextRecheck(Payout payout, PollingPolicy policy)
    {
        if (payout.FinalAt is not { } final) return null;
        foreach (var wait in policy.RecheckAfterFinal)
        {
            // A little early does: two clocks that differ by a second must not turn one recheck into many.
            var early = Least(Step(policy, 0), wait / 10);
            if (payout.LastPolledAt is not { } polled || polled < final + wait - early) return final + wait;
        }

        return null;
    }

    /// <summary>When to ask again after a request that brought no answer: the step due, further with each fault in a row.</summary>
    /// <param name="faultsInARow">1 or more.</param>
    public static DateTimeOffset AfterFault(PollingPolicy policy, int pollsSinceHeard, int faultsInARow, DateTimeOffset now) =>
        now + Step(policy, Math.Min(pollsSinceHeard, int.MaxValue - faultsInARow) + faultsInARow - 1);

    /// <summary>When the payout becomes a named case if no final has come; null once it has.</summary>
    public static DateTimeOffset? OverdueAt(Payout payout, PollingPolicy policy) =>
        payout.Status?.IsFinal() == true || payout.OverdueAt is not null ? null : Later(payout.StartedAt, policy.Deadline);

    /// <summary>A webhook's final that only a poll can confirm, or evidence that disagrees while no poll has said a final word.</summary>
    private static bool NeedsVerification(Payout payout, PollingPolicy policy)
    {
        if (payout.Claims.EarliestFinal(ClaimSource.Poll) is not null) return false;
        var counted = payout.Claims.EarliestFinal(ClaimSource.Webhook);
        if (counted is null) return payout.Claims.EarliestFinal(ClaimSource.WebhookToVerify) is not null;
        return policy.VerifyFinal switch
        {
            VerifyFinal.Never => false,
            VerifyFinal.Contested or VerifyFinal.Always => payout.OpenCases.Any(known => known.Kind != DiscrepancyKind.UnexpectedPayout),
            _ => throw new ArgumentOutOfRangeException(nameof(policy)),
        };
    }

    private static TimeSpan Wait(Payout payout, PollingPolicy policy) =>
        payout.OverdueAt is null ? Step(policy, payout.PollsSinceHeard) : policy.Slowest;

    private static DateTimeOffset? LastWord(Payout payout) =>
        new[] { payout.ExpectedAt, payout.FirstEvidence?.At, payout.LastHeardAt, payout.LastPolledAt }.Max();

    // A payout can be announced for the end of time; its deadline is then no later.
    private static DateTimeOffset Later(DateTimeOffset than, TimeSpan by) =>
        DateTimeOffset.MaxValue - than > by ? than + by : DateTimeOffset.MaxValue;

    private static TimeSpan Least(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private static DateTimeOffset Heard(DateTimeOffset at, DateTimeOffset now) => at - now > ClocksDifferMax ? now : at;
}
