using Reconciler.Core;

namespace Reconciler.Bookkeeping;

/// <param name="KnownDay">UTC, of when the moves became known.</param>
/// <param name="Currency">Empty where no amount is known.</param>
internal readonly record struct TotalKey(DateOnly KnownDay, DateOnly Day, string Connection, string Provider, PayoutStatus Status, string Currency);

internal sealed record TotalDelta(TotalKey Key, long Payouts, decimal Amount);

/// <summary>What moves add up to, by all that a sum may be asked by. Each takes the payout from where it stood and adds it where it stands.</summary>
internal static class TotalsOfMoves
{
    internal static List<TotalDelta> Of(IEnumerable<Move> moves)
    {
        var sums = new Dictionary<TotalKey, (long Payouts, decimal Amount)>();
        foreach (var move in moves)
        {
            var day = DateOnly.FromDateTime(move.KnownAt.UtcDateTime);
            if (move.Before is { } before) Add(day, before, -1);
            Add(day, move.After, 1);
        }

        return [.. sums.Where(sum => sum.Value != default).Select(sum => new TotalDelta(sum.Key, sum.Value.Payouts, sum.Value.Amount))];

        void Add(DateOnly knownDay, Standing standing, int sign)
        {
            var key = new TotalKey(knownDay, standing.Day, standing.Connection, standing.Provider, standing.Status, standing.Currency ?? "");
            var (payouts, amount) = sums.GetValueOrDefault(key);
            sums[key] = (payouts + sign, amount + sign * (standing.Amount ?? 0));
        }
    }
}
