using Reconciler.Simulator.Faults;
using Reconciler.Simulator.Payouts;
using Reconciler.Simulator.Playing;

namespace Reconciler.Simulator.Demo;

/// <summary>
/// The mix of a usual bad day. It never holds a rightly signed or answered false end: no product could tell that from the truth.
/// </summary>
public sealed class DemoMix(long seed, string run)
{
    private const int Often = 100_000;
    private const int Seldom = 30_000;
    private const int Rarely = 10_000;

    private static readonly string[] Connections =
        ["caurisflux-sim", "awdpay-sim", "zayono-sim", "pawapay-sim", "pawapay-v1-sim", "zopay-sim"];

    private static readonly PollErrorOrder[] ProviderErrors =
    [
        new("429", 0, new Chance(Seldom)), new("500", 0, new Chance(Seldom)), new("html", 0, new Chance(Rarely)),
        new("slow", 0, new Chance(Rarely / 4)), new("cut", 0, new Chance(Rarely / 2)), new("empty", 0, new Chance(Rarely / 2)),
        new("wrongid", 0, new Chance(Rarely / 2)),
    ];

    private Draws _draws = new(Draws.SeedFor(seed, "demo/" + run, 0));
    private int _place;

    /// <summary>The next payout, the connections taking turns.</summary>
    public PayoutOrder Next()
    {
        var connection = Connections[_place++ % Connections.Length];
        var outcome = Outcome(connection);
        var finalAfterMs = 1_500 + _draws.Below(10_500);
        return new PayoutOrder
        {
            Connection = connection,
            Run = run,
            Outcome = outcome,
            PendingForMs = finalAfterMs / 3,
            FinalAfterMs = finalAfterMs,
            Webhooks = new WebhookFaultOrder
            {
                Drop = new Chance(Often),
                Duplicate = _draws.Chance(Often) ? 1 + _draws.Below(3) : 0,
                DelayMs = _draws.Chance(Often) ? 2_000 + _draws.Below(12_000) : 0,
                Reorder = new Chance(Often),
                Forge = new Chance(Seldom),
                Alter = new Chance(Seldom),
                ReplayStale = new Chance(Seldom),
                Lie = Lie(Rarely),
            },
            Polls = new PollFaultOrder { Errors = ProviderErrors, Lie = Lie(Rarely) },
        };
    }

    /// <summary>Whether the service hears of this payout only after the provider's first webhooks.</summary>
    public bool RegistersLate() => _draws.Chance(Often / 2);

    private string Outcome(string connection) => _draws.Below(100) switch
    {
        < 80 => "succeeded",
        < 92 => "failed",
        < 96 => "cancelled",
        < 98 when connection is "caurisflux-sim" or "awdpay-sim" => "expired",
        < 98 => "cancelled",
        _ => "pending",
    };

    // Not-final or unknown words only.
    private LieOrder? Lie(int perMillion) =>
        !_draws.Chance(perMillion) ? null : _draws.Below(2) == 0 ? new LieOrder("processing") : new LieOrder("unknown");
}
