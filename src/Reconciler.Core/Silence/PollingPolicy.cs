using System.Collections.Immutable;

namespace Reconciler.Core;

/// <summary>When a connection's payouts are asked about. Section 7 of the design; every list is bounded by its reader.</summary>
/// <param name="Silence">Waits after the last word, one per poll in a row; the last grows by half each time, up to <paramref name="Slowest"/>. Not empty.</param>
/// <param name="Slowest">The longest wait between two polls of a payout that is not final.</param>
/// <param name="Deadline">From the payout's start; past it without a final it is a named case (overdue) and is asked about at the slowest pace.</param>
/// <param name="RecheckAfterFinal">From the final on, when to look again for a reversal; may be empty.</param>
/// <param name="Budget">How many requests the provider allows; every line holds at once. Empty: no bound.</param>
/// <param name="Timeout">One request's, body included.</param>
/// <param name="NotFoundGrace">How long a provider may not know a payout before that is a case.</param>
public sealed record PollingPolicy(
    ImmutableArray<TimeSpan> Silence,
    TimeSpan Slowest,
    TimeSpan Deadline,
    ImmutableArray<TimeSpan> RecheckAfterFinal,
    ImmutableArray<RequestBudget> Budget,
    TimeSpan Timeout,
    VerifyFinal VerifyFinal,
    TimeSpan NotFoundGrace)
{
    /// <summary>What holds where neither the connection nor its provider's documentation says otherwise.</summary>
    public static PollingPolicy Default { get; } = new(
        Silence: [TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15)],
        Slowest: TimeSpan.FromHours(6),
        Deadline: TimeSpan.FromHours(24),
        RecheckAfterFinal: [TimeSpan.FromDays(1), TimeSpan.FromDays(3)],
        Budget: [new RequestBudget(100, TimeSpan.FromMinutes(1)), new RequestBudget(1000, TimeSpan.FromHours(1))],
        Timeout: TimeSpan.FromSeconds(10),
        VerifyFinal: VerifyFinal.Contested,
        NotFoundGrace: TimeSpan.FromMinutes(15));
}

/// <summary>At most <paramref name="Requests"/> (1 or more) in any span of <paramref name="Per"/> (1 s to 1 d), over all nodes together.</summary>
public sealed record RequestBudget(int Requests, TimeSpan Per);
