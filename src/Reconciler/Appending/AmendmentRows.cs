using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;
using Reconciler.Ledger;

namespace Reconciler.Appending;

/// <summary>
/// Payouts whose money, first sighting or recipient moved while the feed was told nothing of them. The book is kept from the feed, and
/// looks at these besides. Rare: a registered payout's money is what was registered.
/// </summary>
internal static class AmendmentRows
{
    private const string Insert = "insert into reconciler.payout_amendments (stream_id, recorded_at) select stream_id, $2 from unnest($1) as row (stream_id)";

    internal static void AddTo(NpgsqlBatch batch, List<PayoutRow> changed, DateTimeOffset now)
    {
        var amended = changed.FindAll(IsAmended);
        if (amended.Count == 0) return;
        var command = new NpgsqlBatchCommand(Insert);
        command.Parameters.Add(Columns.Texts(amended, row => row.Id.StreamId));
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now.ToMicrosecond(), NpgsqlDbType = NpgsqlDbType.TimestampTz });
        batch.BatchCommands.Add(command);
    }

    private static bool IsAmended(PayoutRow row) =>
        row is { StoredColumns: { } before, Payout: { } after }
        && row.Events.TrueForAll(added => ChangeKind.Of(added.Event) is null)
        && Booked(before) != Booked(PayoutColumns.Of(after, row.IsErased));

    private static (DateTimeOffset FirstSeenAt, decimal? Amount, string? Currency, string? Recipient) Booked(PayoutColumns columns) =>
        (columns.FirstSeenAt, columns.Amount, columns.Currency, columns.Recipient?.Masked);
}
