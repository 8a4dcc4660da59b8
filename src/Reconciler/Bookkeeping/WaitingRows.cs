using Npgsql;
using NpgsqlTypes;
using Reconciler.Appending;
using Reconciler.Core;

namespace Reconciler.Bookkeeping;

/// <summary>Keeps how many payouts are not final, by the minute of their first sighting.</summary>
internal static class WaitingRows
{
    private const string Empty = "delete from reconciler.payout_waiting";

    // Served by payout_standings_not_final. Written before the standings move: both are at the position where the pass began.
    private const string MakeAnew = """
        insert into reconciler.payout_waiting (minute, connection, provider, status, currency, payouts, amount)
        select date_trunc('minute', first_seen_at, 'UTC'), connection, provider, status, coalesce(currency, ''), count(*), sum(coalesce(amount, 0))
        from reconciler.payout_standings where not final group by 1, 2, 3, 4, 5
        """;

    // By the primary key.
    private const string Add = """
        insert into reconciler.payout_waiting as waiting (minute, connection, provider, status, currency, payouts, amount)
        select * from unnest($1, $2, $3, $4, $5, $6, $7)
        on conflict (minute, connection, status, currency, provider) do update set
            payouts = waiting.payouts + excluded.payouts, amount = waiting.amount + excluded.amount
        """;

    // By the primary key. Minutes in which nobody waits any more would be read for ever.
    private const string Forget = "delete from reconciler.payout_waiting where minute = any($1) and payouts = 0";

    internal static void AddMakingAnewTo(NpgsqlBatch batch)
    {
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Empty));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(MakeAnew));
    }

    internal static void AddTo(NpgsqlBatch batch, IReadOnlyList<Move> moves)
    {
        List<KeyValuePair<Key, (long Payouts, decimal Amount)>> deltas = [.. Deltas(moves).Where(delta => delta.Value != default)];
        if (deltas.Count == 0) return;
        var add = new NpgsqlBatchCommand(Add);
        add.Parameters.Add(Columns.Of(deltas, delta => delta.Key.Minute, NpgsqlDbType.TimestampTz));
        add.Parameters.Add(Columns.Texts(deltas, delta => delta.Key.Connection));
        add.Parameters.Add(Columns.Texts(deltas, delta => delta.Key.Provider));
        add.Parameters.Add(Columns.Texts(deltas, delta => delta.Key.Status.Word()));
        add.Parameters.Add(Columns.Texts(deltas, delta => delta.Key.Currency));
        add.Parameters.Add(Columns.Of(deltas, delta => delta.Value.Payouts, NpgsqlDbType.Bigint));
        add.Parameters.Add(Columns.Of(deltas, delta => delta.Value.Amount, NpgsqlDbType.Numeric));
        batch.BatchCommands.Add(add);
        var forget = new NpgsqlBatchCommand(Forget);
        forget.Parameters.Add(new NpgsqlParameter
        {
            Value = deltas.Select(delta => delta.Key.Minute).Distinct().ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
        });
        batch.BatchCommands.Add(forget);
    }

    private static Dictionary<Key, (long Payouts, decimal Amount)> Deltas(IReadOnlyList<Move> moves)
    {
        var deltas = new Dictionary<Key, (long Payouts, decimal Amount)>();
        foreach (var move in moves)
        {
            if (move.Before is { } before) Count(before, -1);
            Count(move.After, 1);
        }

        return deltas;

        void Count(Standing standing, int sign)
        {
            if (standing.Status.IsFinal()) return;
            var at = standing.FirstSeenAt.ToUniversalTime();
            var key = new Key(at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMinute)), standing.Connection, standing.Provider, standing.Status, standing.Currency ?? "");
            var (payouts, amount) = deltas.GetValueOrDefault(key);
            deltas[key] = (payouts + sign, amount + sign * (standing.Amount ?? 0));
        }
    }

    private readonly record struct Key(DateTimeOffset Minute, string Connection, string Provider, PayoutStatus Status, string Currency);
}
