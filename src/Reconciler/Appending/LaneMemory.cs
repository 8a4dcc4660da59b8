using Reconciler.Core;

namespace Reconciler.Appending;

/// <summary>
/// What a lane wrote a moment ago. The words about a payout come in quick succession, and mostly through one lane of one node: what that
/// lane knows of the payout is then what stands in the database, and need not be read again. It is not believed, though: the batch that
/// goes by it says in its writes what it took for granted, so the database refuses it where that does not hold, and it is then
/// read and decided anew (see ADR 0018). Of one lane, which works on one batch at a time.
/// </summary>
internal sealed class LaneMemory(TimeProvider clock)
{
    private const int PayoutsMax = 8_192;
    private const int DigestsMax = 32_768;
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(30);

    // A refused batch costs its lane a connection. Where others write to the same payouts that would be so again and again.
    private static readonly TimeSpan FirstDistrust = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestDistrust = TimeSpan.FromMinutes(10);

    private readonly RecentOnes<string, Remembered> payouts = new(PayoutsMax, Age, clock, StringComparer.Ordinal);
    private readonly RecentOnes<EvidenceDigest, bool> digests = new(DigestsMax, 10 * Age, clock);
    private long? refusedAt;
    private TimeSpan distrust;

    /// <summary>Deliveries only, none of whose bytes came a moment ago: they will mostly be the first of their kind.</summary>
    internal bool Serves(Append[] items) =>
        (refusedAt is not { } at || clock.GetElapsedTime(at) >= distrust)
        && Array.TrueForAll(items, item => item is KeepDelivery kept && !digests.TryGet(kept.Evidence.Digest, out _));

    internal Remembered? Recall(string streamId) => payouts.TryGet(streamId, out var known) ? known : null;

    /// <summary>What a batch has committed.</summary>
    internal void Keep(Append[] items, List<PayoutRow> changed)
    {
        foreach (var item in items)
            if (item is KeepDelivery kept) digests.Put(kept.Evidence.Digest, true);
        foreach (var row in changed)
        {
            if (row is { State: { } state, ChainEnd: { } end, IsErased: false, Payout.PollsSinceHeard: 0 })
                payouts.Put(row.Id.StreamId, new Remembered(state, row.Version, end));
            else
                payouts.Remove(row.Id.StreamId);
        }
    }

    /// <summary>The database may be another one from here on, or what was written may not stand in it.</summary>
    internal void Forget() => payouts.Clear();

    /// <summary>The database refused what went by it.</summary>
    internal void Distrust()
    {
        Forget();
        var isAgain = refusedAt is { } at && clock.GetElapsedTime(at) < 2 * LongestDistrust;
        distrust = !isAgain ? FirstDistrust : 2 * distrust < LongestDistrust ? 2 * distrust : LongestDistrust;
        refusedAt = clock.GetTimestamp();
    }
}

/// <param name="State">As it was written (see <see cref="PayoutState"/>).</param>
/// <param name="Version">Of the stream.</param>
/// <param name="ChainEnd">Stands for the whole stream: no other one has it.</param>
internal sealed record Remembered(byte[] State, long Version, byte[] ChainEnd);
