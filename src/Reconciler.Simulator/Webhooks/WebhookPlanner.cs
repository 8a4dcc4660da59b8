using Reconciler.Simulator.Faults;
using Reconciler.Simulator.Payouts;
using Reconciler.Simulator.Playing;

namespace Reconciler.Simulator.Webhooks;

/// <summary>Puts a payout's webhooks on the agenda at its start, those that its faults add among them.</summary>
public sealed class WebhookPlanner(Agenda agenda, GlobalFaults global, SimulatorOptions options, TimeProvider clock)
{
    private const int GapMs = 100;

    public void Plan(SimPayout payout)
    {
        var draws = new Draws(payout.Seed ^ Draws.SeedFor(0, "webhooks", 0));
        var (faults, everywhere) = (payout.Faults.Webhooks, global.For(payout.Connection.Key));
        var stages = payout.Stages().Where(stage => payout.Connection.Provider.Sends(stage.Standing)).ToList();

        // Drawn always and in this order: one fault switched off must not shift the others.
        var reorders = draws.Chance(Math.Max(faults.Reorder, everywhere.Reorder));
        var forges = draws.Chance(Math.Max(faults.Forge, everywhere.Forge));
        var alters = draws.Chance(Math.Max(faults.Alter, everywhere.Alter));
        var replays = draws.Chance(Math.Max(faults.ReplayStale, everywhere.ReplayStale));
        var lastDue = stages.Count == 0 ? payout.StartedAt : stages[^1].At.AddMilliseconds(faults.DelayMs);

        for (var place = 0; place < stages.Count; place++)
        {
            var (drops, doubles) = (draws.Chance(Math.Max(faults.Drop, everywhere.Drop)), draws.Chance(everywhere.Duplicate));
            if (drops)
            {
                Interlocked.Increment(ref payout.Tally.Lost);
                continue;
            }

            var isLast = place == stages.Count - 1;
            var due = reorders && !isLast ? lastDue.AddMilliseconds(GapMs * (place + 1)) : stages[place].At.AddMilliseconds(faults.DelayMs);
            agenda.Add(due, new DueWebhook(payout, stages[place], alters && isLast ? WebhookVariant.Altered : WebhookVariant.True, 0));
            for (var copy = 1; copy <= faults.Duplicate + (doubles ? 1 : 0); copy++)
            {
                agenda.Add(due.AddMilliseconds(GapMs * copy), new DueWebhook(payout, stages[place], WebhookVariant.Duplicate, 0));
            }
        }

        PlanFalseOnes(payout, stages, lastDue, forges, replays);
    }

    /// <summary>The last webhook once more, as a merchant may ask for; false where there is none to send.</summary>
    public bool Resend(SimPayout payout)
    {
        var now = clock.GetUtcNow();
        var claim = payout.At(now);
        if (!claim.Standing.IsFinal() || !payout.Connection.Provider.Sends(claim.Standing))
        {
            return false;
        }

        agenda.Add(now, new DueWebhook(payout, claim, WebhookVariant.True, 0));
        return true;
    }

    /// <summary>The next try of a webhook that was not acknowledged; false after the last.</summary>
    public bool Retry(DueWebhook webhook)
    {
        var tries = webhook.Payout.Connection.Provider.Tries;
        if (webhook.Try + 1 >= tries.Count)
        {
            return false;
        }

        var wait = TimeSpan.FromTicks((long)(tries[webhook.Try + 1].Ticks * options.TimeFactor));
        agenda.Add(clock.GetUtcNow() + wait, webhook with { Variant = WebhookVariant.True, Try = webhook.Try + 1 });
        return true;
    }

    public void Clear() => agenda.Clear();

    private void PlanFalseOnes(SimPayout payout, List<Claim> stages, DateTimeOffset lastDue, bool forges, bool replays)
    {
        if (forges)
        {
            var claimed = payout.Fate.Outcome == Standing.Succeeded ? Standing.Failed : Standing.Succeeded;
            agenda.Add(payout.StartedAt.AddMilliseconds(GapMs),
                new DueWebhook(payout, new Claim(claimed, null, payout.StartedAt), WebhookVariant.Forged, 0));
        }

        if (replays && stages.Count > 0)
        {
            agenda.Add(lastDue.AddMilliseconds(GapMs * 5), new DueWebhook(payout, stages[0], WebhookVariant.Stale, 0));
        }

        for (var time = 0; time < (payout.Faults.Webhooks.Lie?.Times ?? 0); time++)
        {
            // Another second each, so that every lie is a body of its own and not a duplicate.
            var lie = payout.Faults.Webhooks.Lie!;
            agenda.Add(payout.StartedAt.AddMilliseconds(payout.Fate.PendingForMs + GapMs * time),
                new DueWebhook(payout, new Claim(lie.Standing, lie.Word, payout.StartedAt.AddSeconds(time)), WebhookVariant.Lie, 0));
        }
    }
}
