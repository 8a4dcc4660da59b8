using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Reconciler.Appending;
using Reconciler.Core;

namespace Reconciler.Ledger;

/// <summary>Writes a batch's changes to the feed. Dense positions in commit order: the one counter row stays locked until commit.</summary>
internal static class ChangeRows
{
    private const string Insert = """
        with head as (
            update reconciler.feed_head set position = position + $5
            returning position - $5 as before, reconciler.feed_epoch(position - $5) as epoch)
        insert into reconciler.changes (position, epoch, stream_id, status_version, kind, body, recorded_at)
        select head.before + change.number, head.epoch, change.stream_id, change.status_version, change.kind, change.body, $6
        from head, unnest($1, $2, $3, $4) with ordinality as change (stream_id, status_version, kind, body, number)
        """;

    // Sent with the commit, to whoever waits for changes; equal ones of a transaction are one.
    internal const string Tell = $"select pg_notify('{FeedWaiter.Channel}', '')";

    /// <returns>Whether there were any, of which readers are to be told.</returns>
    internal static bool AddTo(NpgsqlBatch batch, List<PayoutRow> changed, DateTimeOffset now)
    {
        var recordedAt = now.ToMicrosecond();
        var changes = new List<ChangeBody>(changed.Count);
        foreach (var row in changed)
        {
            var columns = PayoutColumns.Of(row.Payout!);
            var amount = columns is { Amount: { } value, Currency: { } code } ? Shown(value, code) : null;
            foreach (var added in row.Events)
                if (ChangeBody.Of(added.Id, added.Event, added.After, amount, recordedAt) is { } change)
                    changes.Add(change);
        }

        if (changes.Count == 0) return false;
        var command = new NpgsqlBatchCommand(Insert);
        command.Parameters.Add(Columns.Texts(changes, change => change.Payout.StreamId));
        command.Parameters.Add(Columns.Of(changes, change => change.StatusVersion, NpgsqlDbType.Bigint));
        command.Parameters.Add(Columns.Texts(changes, change => change.Kind));
        command.Parameters.Add(Columns.Of(changes, change => change.ToJson(), NpgsqlDbType.Jsonb));
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = changes.Count });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = recordedAt, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        batch.BatchCommands.Add(command);
        return true;
    }

    internal static ShownAmount Shown(decimal amount, string code) =>
        Currency.TryParse(code, out var currency) && Money.TryCreate(amount, currency, out var money, out _)
            ? new ShownAmount(money.AmountText, code)
            : new ShownAmount(amount.ToString(CultureInfo.InvariantCulture), code);
}
