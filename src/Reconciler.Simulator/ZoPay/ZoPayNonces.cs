namespace Reconciler.Simulator.ZoPay;

/// <summary>
/// Nonces of the last ten minutes at least, none accepted twice. Three sets of five minutes each take turns, so that
/// forgetting costs nothing and memory follows the rate of requests.
/// </summary>
public sealed class ZoPayNonces
{
    private static readonly TimeSpan Turn = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly HashSet<Guid>[] _turns = [[], [], []];
    private long _turn;

    /// <summary>False where this nonce was seen within ten minutes.</summary>
    public bool TryUse(Guid nonce, DateTimeOffset now)
    {
        var turn = now.UtcTicks / Turn.Ticks;
        lock (_gate)
        {
            for (var passed = Math.Min(turn - _turn, _turns.Length); passed > 0; passed--)
            {
                _turns[(turn - passed + 1) % _turns.Length] = [];
            }

            _turn = Math.Max(_turn, turn);
            return !_turns.Any(seen => seen.Contains(nonce)) && _turns[_turn % _turns.Length].Add(nonce);
        }
    }
}
