using Reconciler.Simulator.Connections;
using Reconciler.Simulator.Faults;
using Reconciler.Simulator.Playing;
using Reconciler.Simulator.Webhooks;

namespace Reconciler.Simulator.Payouts;

/// <summary>Starts payouts by an order that keeps the rules. The same seed and the same orders make the same payouts.</summary>
public sealed class PayoutMaker(
    SimulatorOptions options, ConnectionBook connections, PayoutBook payouts, WebhookPlanner planner, TimeProvider clock)
{
    private const int FinalAfterMsDefault = 2_000;

    private readonly Lock _gate = new();
    private long _number;

    /// <summary>The payouts started; null where the order's own payout id is taken already.</summary>
    public IReadOnlyList<SimPayout>? Start(PayoutOrder order)
    {
        var connection = connections.Find(order.Connection)!;
        var (fate, faults) = (FateOf(order), FaultsOf(order));
        var started = new List<SimPayout>(order.Count);

        // One order at a time, so that its numbers, and with them its ids, do not depend on who else is asking.
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            for (var place = 0; place < order.Count; place++)
            {
                var startsAt = now.AddMilliseconds((long)order.StartOverMs * place / order.Count);
                var payout = Make(order, connection, fate, faults, startsAt, place);
                if (!payouts.TryAdd(payout))
                {
                    return null;
                }

                planner.Plan(payout);
                started.Add(payout);
            }
        }

        return started;
    }

    /// <summary>Forgets everything; numbers start anew, so that the same orders give the same ids again.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            planner.Clear();
            payouts.Clear();
            _number = 0;
        }
    }

    private SimPayout Make(
        PayoutOrder order, SimConnection connection, Fate fate, FaultPlan faults, DateTimeOffset startsAt, int place)
    {
        var number = _number++;
        var seed = Draws.SeedFor(options.Seed, $"{order.Run}/{connection.Key}", number);
        var draws = new Draws(seed);
        var market = Market.Of(order.Currency ?? connection.Provider.DefaultCurrency);
        var id = connection.Provider.NewPayoutId(ref draws);
        var amount = market.Amount(ref draws);
        var recipient = market.Phone(ref draws);
        var failure = draws.OneOf(connection.Provider.Failures);
        return new SimPayout
        {
            Number = number,
            Connection = connection,
            Id = order.ProviderPayoutId ?? id,
            Reference = Reference(order, number, place),

            // Dividing by one with 28 zeros drops trailing zeros: each provider's form adds its own.
            Amount = (order.Amount ?? amount) / 1.0000000000000000000000000000m,
            Currency = market.Currency,
            Recipient = order.Recipient?.TrimStart('+') ?? recipient,
            StartedAt = startsAt,
            Fate = fate,
            FailureCode = order.FailureCode ?? failure,
            Faults = faults,
            Seed = seed,
        };
    }

    private static string Reference(PayoutOrder order, long number, int place) => (order.Reference, order.Count) switch
    {
        (null, _) => order.Run.Length > 0 ? $"SIM-{order.Run}-{number:D6}" : $"SIM-{number:D6}",
        ({ } reference, 1) => reference,
        ({ } reference, _) => $"{reference}-{place + 1}",
    };

    private static Fate FateOf(PayoutOrder order)
    {
        StandingWords.TryParse(order.Outcome, out var outcome);
        var finalAfterMs = order.FinalAfterMs ?? Math.Max(FinalAfterMsDefault, order.PendingForMs ?? 0);
        var reverses = StandingWords.TryParse(order.Reversal?.Outcome, out var reversal);
        return new Fate(
            outcome, order.PendingForMs ?? finalAfterMs / 4, finalAfterMs, reverses ? reversal : null, order.Reversal?.AfterMs ?? 0);
    }

    private static FaultPlan FaultsOf(PayoutOrder order)
    {
        var webhooks = order.Webhooks is { } asked
            ? new WebhookFaults(
                asked.Drop.PerMillion, asked.DelayMs, asked.Duplicate, asked.Reorder.PerMillion, asked.Forge.PerMillion,
                asked.Alter.PerMillion, asked.ReplayStale.PerMillion, LieOf(asked.Lie))
            : WebhookFaults.None;
        var polls = order.Polls is { } polled
            ? new PollFaults(
                [.. polled.Errors.Where(error => error.Times > 0).Select(error => (PollErrorWords.ByWord[error.Kind], error.Times))],
                [.. polled.Errors.Where(error => error.Rate.PerMillion > 0)
                    .Select(error => (PollErrorWords.ByWord[error.Kind], error.Rate.PerMillion))],
                LieOf(polled.Lie))
            : PollFaults.None;
        return new FaultPlan(webhooks, polls);
    }

    private static Lie? LieOf(LieOrder? lie) => lie switch
    {
        null => null,
        { Status: "unknown" } => new Lie(Standing.Processing, Claim.UnknownWord, lie.Times),
        _ => StandingWords.TryParse(lie.Status, out var standing) ? new Lie(standing, null, lie.Times) : null,
    };
}
