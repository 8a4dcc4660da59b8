using Reconciler.Simulator.Connections;
using Reconciler.Simulator.Faults;
using Reconciler.Simulator.Playing;

namespace Reconciler.Simulator.Payouts;

/// <summary>
/// One payout and what will become of it, fixed at its start. Where it stands is a function of the clock, so that
/// 200,000 of them cost memory only: no task, no timer each.
/// </summary>
public sealed class SimPayout
{
    public required long Number { get; init; }
    public required SimConnection Connection { get; init; }
    public required string Id { get; init; }
    public required string Reference { get; init; }

    /// <summary>Major units.</summary>
    public required decimal Amount { get; init; }
    public required string Currency { get; init; }

    /// <summary>The phone number's digits, no plus sign.</summary>
    public required string Recipient { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required Fate Fate { get; init; }
    public required string? FailureCode { get; init; }
    public required FaultPlan Faults { get; init; }

    /// <summary>The seed of this payout's own draws.</summary>
    public required ulong Seed { get; init; }

    /// <summary>What was sent and answered; counted with <see cref="Interlocked"/>.</summary>
    public readonly PayoutTally Tally = new();

    public DateTimeOffset? FinalAt => Fate.Outcome.IsFinal() ? StartedAt.AddMilliseconds(Fate.FinalAfterMs) : null;

    /// <summary>Where it truly stands at <paramref name="now"/>, and since when.</summary>
    public Claim At(DateTimeOffset now)
    {
        if (Fate.ReversalTo is { } reversed && ReversedAt() is { } reversedAt && now >= reversedAt)
        {
            return new Claim(reversed, null, reversedAt);
        }

        if (FinalAt is { } finalAt && now >= finalAt)
        {
            return new Claim(Fate.Outcome, null, finalAt);
        }

        var processingAt = StartedAt.AddMilliseconds(Fate.PendingForMs);
        return Fate.Outcome != Standing.Pending && now >= processingAt
            ? new Claim(Standing.Processing, null, processingAt)
            : new Claim(Standing.Pending, null, StartedAt);
    }

    /// <summary>The stages that it goes through, in order; webhooks are sent about them.</summary>
    public IEnumerable<Claim> Stages()
    {
        yield return new Claim(Standing.Pending, null, StartedAt);
        if (Fate.Outcome != Standing.Pending && (FinalAt is null || Fate.PendingForMs < Fate.FinalAfterMs))
        {
            yield return new Claim(Standing.Processing, null, StartedAt.AddMilliseconds(Fate.PendingForMs));
        }

        if (FinalAt is { } finalAt)
        {
            yield return new Claim(Fate.Outcome, null, finalAt);
        }

        if (Fate.ReversalTo is { } reversed && ReversedAt() is { } reversedAt)
        {
            yield return new Claim(reversed, null, reversedAt);
        }
    }

    private DateTimeOffset? ReversedAt() => FinalAt?.AddMilliseconds(Fate.ReversalAfterMs);
}
