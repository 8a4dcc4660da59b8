using Reconciler.Simulator.Faults;
using Reconciler.Simulator.Payouts;
using Reconciler.Simulator.Playing;

namespace Reconciler.Simulator.Polls;

/// <summary>Which fault a payout's nth poll meets: a function of the seed and of n, so that a run repeats.</summary>
public sealed class PollErrors(GlobalFaults global)
{
    public PollErrorKind? For(SimPayout payout, int poll)
    {
        var plan = payout.Faults.Polls;
        var timedUpTo = 0;
        foreach (var (kind, times) in plan.Timed)
        {
            timedUpTo += times;
            if (poll <= timedUpTo)
            {
                return kind;
            }
        }

        var rates = global.For(payout.Connection.Key).Polls;
        if (plan.Rates.Count == 0 && rates.Count == 0)
        {
            return null;
        }

        var draws = new Draws(payout.Seed ^ Draws.SeedFor(0, "poll", poll));
        foreach (var (kind, perMillion) in plan.Rates)
        {
            if (draws.Chance(perMillion))
            {
                return kind;
            }
        }

        foreach (var (word, perMillion) in rates)
        {
            if (draws.Chance(perMillion))
            {
                return PollErrorWords.ByWord[word];
            }
        }

        return null;
    }

    /// <summary>The false claim that this answer makes, if the payout has lies left to tell.</summary>
    public Claim? Lie(SimPayout payout)
    {
        if (payout.Faults.Polls.Lie is not { } lie || Volatile.Read(ref payout.Tally.PollLies) >= lie.Times)
        {
            return null;
        }

        return Interlocked.Increment(ref payout.Tally.PollLies) <= lie.Times
            ? new Claim(lie.Standing, lie.Word, payout.StartedAt)
            : null;
    }

    /// <summary>A plausible id that is not this payout's.</summary>
    public string AnotherId(SimPayout payout)
    {
        var draws = new Draws(payout.Seed ^ Draws.SeedFor(0, "another id", 0));
        return payout.Connection.Provider.NewPayoutId(ref draws);
    }
}
