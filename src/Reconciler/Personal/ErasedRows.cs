using Npgsql;
using NpgsqlTypes;

namespace Reconciler.Personal;

/// <summary>What is destroyed of payouts whose rows the transaction has locked.</summary>
internal static class ErasedRows
{
    // Whoever keeps the book with what it read before us meets this row, and reads again: else it could put back what we take away.
    private const string HoldBook = "update reconciler.book_progress set kept_at = kept_at";

    // Evidence by the digests in the payouts' events (pk_mt_events_stream_and_version, then the primary key): each piece made one. Bytes that
    // are kept once for several payouts belong to the first, and go with it. All other rows by their primary keys.
    private const string Erase = """
        with pieces as materialized (
            select distinct stream_id, decode(data ->> 'digest', 'hex') as digest from reconciler.mt_events
            where stream_id = any($1) and type in ('webhook_received', 'poll_answered')),
        payouts as (
            update reconciler.payouts set erased_at = $2, data_salt = null, recipient = null, recipient_digest = null
            where stream_id = any($1) and erased_at is null
            returning 1),
        standings as (
            update reconciler.payout_standings set last_digits = null, erased = true where stream_id = any($1)),
        gone as (
            update reconciler.evidence as kept set body = null, salt = null, headers = null, erased_at = $2
            from pieces
            where kept.connection = split_part(pieces.stream_id, '/', 1) and kept.digest = pieces.digest and kept.stream_id = pieces.stream_id
                and kept.erased_at is null
            returning 1)
        select (select count(*) from payouts), (select count(*) from gone)
        """;

    internal static async Task HoldBookAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(HoldBook, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <returns>How many payouts were not erased before, and how many pieces of evidence lost their bytes.</returns>
    internal static async Task<(long Payouts, long Pieces)> WriteAsync(NpgsqlConnection connection, string[] streams, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Erase, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = streams, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return (row.GetInt64(0), row.GetInt64(1));
    }
}
