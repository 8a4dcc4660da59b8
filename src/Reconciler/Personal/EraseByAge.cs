using Npgsql;
using NpgsqlTypes;
using Reconciler.Access;
using Reconciler.Access.Audit;
using Reconciler.Core;

namespace Reconciler.Personal;

/// <summary>
/// Erases what a connection keeps no longer: payouts that have been final for so long, and as old bytes that no payout could be read from.
/// A run is one transaction with its entry in the audit log: killed anywhere, it has done all of it or nothing.
/// </summary>
public sealed class EraseByAge(NpgsqlDataSource database, AuditLog audit, TimeProvider clock)
{
    /// <summary>Of either kind, in one run: the rows are locked for some milliseconds.</summary>
    internal const int RowsMax = 200;

    private const long Turn = 0x5245_434f_4e45_5241;

    // One node at a time; the others have something better to do than to wait.
    private const string TakeTurn = "select pg_try_advisory_xact_lock($1)";

    // Served by payout_standings_to_erase, and the payouts' primary key. A payout that is being written to is met again.
    private const string Old = """
        select payout.stream_id from reconciler.payout_standings as standing join reconciler.payouts as payout using (stream_id)
        where standing.connection = $1 and standing.final_at < $2 and standing.final_at is not null and not standing.erased
            and payout.final and payout.open_discrepancies = '{}'
        order by standing.final_at limit $3 for update of payout skip locked
        """;

    // Served by evidence_unreadable_to_erase.
    private const string OldUnreadable = """
        with old as (
            select connection, digest from reconciler.evidence
            where connection = $1 and received_at < $2 and stream_id is null and erased_at is null
            order by received_at limit $3 for update skip locked)
        update reconciler.evidence as kept set body = null, salt = null, headers = null, erased_at = $4
        from old where kept.connection = old.connection and kept.digest = old.digest
        """;

    /// <returns>Null where another node is at it.</returns>
    public async Task<AgedOut?> RunAsync(ConnectionKey connection, TimeSpan keepFor, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow().ToMicrosecond();
        await using var open = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await open.BeginTransactionAsync(cancellation);
        await using (var turn = new NpgsqlCommand(TakeTurn, open) { Parameters = { new NpgsqlParameter<long> { TypedValue = Turn } } })
            if (await turn.ExecuteScalarAsync(cancellation) is not true) return null;
        await ErasedRows.HoldBookAsync(open, cancellation);
        var streams = await OldAsync(open, connection, now - keepFor, cancellation);
        var (payouts, pieces) = streams.Length == 0 ? (0, 0) : await ErasedRows.WriteAsync(open, streams, now, cancellation);
        var unreadable = await UnreadableAsync(open, connection, now, keepFor, cancellation);
        var gone = new AgedOut(payouts, pieces, unreadable, streams.Length == RowsMax || unreadable == RowsMax);
        if (payouts > 0 || unreadable > 0)
        {
            await audit.RecordAsync(
                open, Actor.Service("retention"), "personal_data.aged_out", $"connection:{connection}", null,
                new { KeepFor = Duration.Text(keepFor), Payouts = payouts, Evidence = pieces, Unreadable = unreadable }, null, cancellation);
        }

        await transaction.CommitAsync(cancellation);
        return gone;
    }

    private static async Task<string[]> OldAsync(NpgsqlConnection open, ConnectionKey connection, DateTimeOffset before, CancellationToken cancellation)
    {
        await using var command = Command(open, Old, connection, before);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var streams = new List<string>();
        while (await rows.ReadAsync(cancellation)) streams.Add(rows.GetString(0));
        return [.. streams];
    }

    private static async Task<int> UnreadableAsync(
        NpgsqlConnection open, ConnectionKey connection, DateTimeOffset now, TimeSpan keepFor, CancellationToken cancellation)
    {
        await using var command = Command(open, OldUnreadable, connection, now - keepFor);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        return await command.ExecuteNonQueryAsync(cancellation);
    }

    private static NpgsqlCommand Command(NpgsqlConnection open, string sql, ConnectionKey connection, DateTimeOffset before)
    {
        var command = new NpgsqlCommand(sql, open);
        command.Parameters.Add(new NpgsqlParameter { Value = connection.ToString(), NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = before, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = RowsMax });
        return command;
    }
}

/// <param name="Evidence">Pieces of theirs that lost their bytes.</param>
/// <param name="Unreadable">Bytes that no payout could be read from.</param>
/// <param name="HasMore">There may be more that is as old.</param>
public sealed record AgedOut(long Payouts, long Evidence, int Unreadable, bool HasMore);
