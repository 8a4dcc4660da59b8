using Reconciler.Simulator.Playing;

namespace Reconciler.Simulator.Faults;

/// <summary>The faults of one order, shared by all its payouts. Chances are per million.</summary>
public sealed record FaultPlan(WebhookFaults Webhooks, PollFaults Polls)
{
    public static readonly FaultPlan None = new(WebhookFaults.None, PollFaults.None);
}

/// <param name="Drop">Chance that a true webhook is never sent.</param>
/// <param name="DelayMs">How much later than the stage all webhooks are sent.</param>
/// <param name="Duplicate">Further copies of each true webhook.</param>
/// <param name="Reorder">The webhooks about earlier stages are sent after the last one.</param>
/// <param name="Forge">Besides the true ones: a false final, signed with a wrong secret.</param>
/// <param name="Alter">The first try of the last webhook carries a body changed after signing.</param>
/// <param name="ReplayStale">Besides the true ones: an earlier webhook with a timestamp 15 minutes old.</param>
/// <param name="Lie">Besides the true ones: correctly signed false claims.</param>
public sealed record WebhookFaults(int Drop, int DelayMs, int Duplicate, int Reorder, int Forge, int Alter, int ReplayStale, Lie? Lie)
{
    public static readonly WebhookFaults None = new(0, 0, 0, 0, 0, 0, 0, null);
}

/// <param name="Timed">Met in this order by the first polls, each as often as it says.</param>
/// <param name="Rates">Chances for each poll after those.</param>
/// <param name="Lie">What the first polls that are answered at all say instead of the truth.</param>
public sealed record PollFaults(
    IReadOnlyList<(PollErrorKind Kind, int Times)> Timed, IReadOnlyList<(PollErrorKind Kind, int PerMillion)> Rates, Lie? Lie)
{
    public static readonly PollFaults None = new([], [], null);
}

/// <summary>A claim made <paramref name="Times"/> times although it is not so; the standing, or an undocumented word.</summary>
public sealed record Lie(Standing Standing, string? Word, int Times);
