using Reconciler.Appending;
using Reconciler.Connections;
using Reconciler.Core;

namespace Reconciler.Polling;

/// <summary>What a person who asked for a poll is told.</summary>
internal abstract record PollNowResult
{
    /// <summary>The provider answered; <paramref name="Appended"/> is what became of it.</summary>
    internal sealed record Asked(Appended Appended) : PollNowResult;

    /// <summary>The provider did not answer, or its answer could not be stored: nothing moved.</summary>
    internal sealed record NoAnswer : PollNowResult;

    /// <summary>The budget, the provider's Retry-After or the breaker stands in the way.</summary>
    internal sealed record NotYet(TimeSpan Wait) : PollNowResult;

    /// <summary>Unknown, or being asked about at this moment.</summary>
    internal sealed record NotFree : PollNowResult;
}

/// <summary>Asks the provider about one payout now, within its budget.</summary>
internal sealed class PollNow(SilenceClock silence, DuePayouts due, [FromKeyedServices(SharedClock.Name)] TimeProvider clock)
{
    private static readonly TimeSpan ClockStartWait = TimeSpan.FromSeconds(1);

    internal async Task<PollNowResult> AskAsync(OpenConnection connection, PayoutId payout, CancellationToken cancellation)
    {
        if (silence.ContextOf(connection.Settings.Key) is not { } context) return new PollNowResult.NotYet(ClockStartWait);
        if (context.Pipeline.OpenUntil is { } until) return new PollNowResult.NotYet(until - clock.GetUtcNow());
        var claimed = await due.ClaimOneAsync(connection, payout, cancellation);
        if (claimed.NotBefore is { } notBefore) return new PollNowResult.NotYet(notBefore - clock.GetUtcNow());
        if (claimed.Polls.Count == 0) return new PollNowResult.NotFree();
        // The request is charged and the lease taken: from here on it goes its way, even when the caller hangs up.
        var appended = await PollPayoutHandler.Handle(claimed.Polls[0], context, CancellationToken.None);
        return appended is null ? new PollNowResult.NoAnswer() : new PollNowResult.Asked(appended);
    }
}
