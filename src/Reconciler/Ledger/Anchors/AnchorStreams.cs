using Npgsql;
using Reconciler.Core;

namespace Reconciler.Ledger.Anchors;

/// <summary>Makes the anchor of the days that are over, once: one node at a time, whatever the number of nodes.</summary>
public sealed class AnchorStreams(NpgsqlDataSource database, TimeProvider clock)
{
    private const long Turn = 0x_7265_636f_6e63_6831;
    private static readonly TimeSpan SettleLook = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan SettleMax = TimeSpan.FromMinutes(1);

    private const string TakeTurn = "select pg_try_advisory_xact_lock($1)";

    // Both by the primary key of mt_events.
    private const string FirstAfter = "select timestamp from reconciler.mt_events where seq_id > $1 order by seq_id limit 1";
    private const string Newest = "select coalesce(max(seq_id), 0) from reconciler.mt_events";

    private const string DrawTransactionId = "select pg_current_xact_id()::text::bigint";
    private const string OldestRunning = "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint";

    /// <summary>Anchors what moved until the day before today (UTC) was over, where that is not done.</summary>
    /// <returns>The anchor; null where nothing is due, another node is at it, or transactions of before do not end.</returns>
    internal async Task<ChainAnchor?> RunAsync(CancellationToken cancellation)
    {
        var day = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(-1);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        if (!await IsDueAsync(connection, day, cancellation)) return null;
        if (await SettledAsync(connection, cancellation) is not { } upto) return null;

        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await ScalarAsync(connection, TakeTurn, cancellation, Turn) is not true) return null;
        var last = await AnchorRows.LastAsync(connection, cancellation);
        if (last?.Day >= day || last?.UptoSeq >= upto) return null;
        var after = last?.UptoSeq ?? 0;
        var tree = await AnchorRows.TreeAsync(connection, after, upto, cancellation);
        var anchor = new ChainAnchor(
            (last?.Number ?? 0) + 1, day, after, upto, tree.Leaves, tree.Root(), last?.Hash() ?? new byte[MerkleTree.HashBytes]);
        var now = clock.GetUtcNow().ToMicrosecond();
        await AnchorRows.PublishAsync(connection, anchor, anchor.Body(Guid.CreateVersion7(now), now), cancellation);
        await transaction.CommitAsync(cancellation);
        return anchor;
    }

    private static async Task<bool> IsDueAsync(NpgsqlConnection connection, DateOnly day, CancellationToken cancellation)
    {
        var last = await AnchorRows.LastAsync(connection, cancellation);
        if (last?.Day >= day) return false;
        var dayEnds = new DateTimeOffset(day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero);
        return await ScalarAsync(connection, FirstAfter, cancellation, last?.UptoSeq ?? 0) is DateTime first && first < dayEnds.UtcDateTime;
    }

    // A seq_id is given out before its transaction commits, so a smaller one may still come. Those up to the newest that we see belong to
    // transactions older than one that we begin now; once those have ended, what is not there will never be (as ForwardReader says).
    private async Task<long?> SettledAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var newest = (long)(await ScalarAsync(connection, Newest, cancellation))!;
        var drawn = (long)(await ScalarAsync(connection, DrawTransactionId, cancellation))!;
        for (var since = clock.GetTimestamp(); clock.GetElapsedTime(since) < SettleMax; await Task.Delay(SettleLook, clock, cancellation))
            if ((long)(await ScalarAsync(connection, OldestRunning, cancellation))! >= drawn) return newest;
        return null;
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation, params long[] given)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in given) command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = value });
        return await command.ExecuteScalarAsync(cancellation);
    }
}
