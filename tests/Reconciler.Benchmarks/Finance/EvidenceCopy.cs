using Npgsql;
using NpgsqlTypes;
using Reconciler.Appending;
using Reconciler.Core;

namespace Reconciler.Benchmarks.Finance;

/// <summary>Kept bytes and cases as the append path leaves them.</summary>
internal static class EvidenceCopy
{
    internal const string Columns = """
        evidence (connection, digest, stream_id, body, content_type, http_status, verified_by, deliveries, nudges, answers, received_at, last_seen_at)
        """;

    internal static async Task WriteAsync(
        NpgsqlBinaryImporter rows, (MadePayout Made, (EvidenceDigest Digest, byte[] Body, EvidenceKind Kind, DateTimeOffset At) Kept) row)
    {
        var isAnswer = row.Kept.Kind == EvidenceKind.Answer;
        await rows.WriteAsync(row.Made.Id.Connection.ToString(), NpgsqlDbType.Varchar);
        await rows.WriteAsync(row.Kept.Digest.ToBytes(), NpgsqlDbType.Bytea);
        await rows.WriteAsync(row.Made.Id.StreamId, NpgsqlDbType.Varchar);
        await rows.WriteAsync(row.Kept.Body, NpgsqlDbType.Bytea);
        await rows.WriteAsync("application/json", NpgsqlDbType.Varchar);
        await (isAnswer ? rows.WriteAsync(200, NpgsqlDbType.Integer) : rows.WriteNullAsync());
        await (isAnswer ? rows.WriteNullAsync() : rows.WriteAsync("bench", NpgsqlDbType.Varchar));
        await rows.WriteAsync(isAnswer ? 0 : 1, NpgsqlDbType.Integer);
        await rows.WriteAsync(0, NpgsqlDbType.Integer);
        await rows.WriteAsync(isAnswer ? 1 : 0, NpgsqlDbType.Integer);
        await rows.WriteAsync(row.Kept.At, NpgsqlDbType.TimestampTz);
        await rows.WriteAsync(row.Kept.At, NpgsqlDbType.TimestampTz);
    }

    internal static async Task WriteCaseAsync(NpgsqlBinaryImporter rows, DiscrepancyOpened opened)
    {
        await rows.WriteAsync(opened.Discrepancy, NpgsqlDbType.Uuid);
        await rows.WriteAsync(opened.Payout.StreamId, NpgsqlDbType.Varchar);
        await rows.WriteAsync(opened.Payout.Connection.ToString(), NpgsqlDbType.Varchar);
        await rows.WriteAsync(opened.Kind.Word(), NpgsqlDbType.Varchar);
        await rows.WriteAsync(opened.Evidence.Select(digest => digest.ToString()).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Varchar);
        await rows.WriteAsync(opened.Detail, NpgsqlDbType.Varchar);
        await rows.WriteAsync(opened.ObservedAt, NpgsqlDbType.TimestampTz);
        await rows.WriteAsync(opened.ObservedAt.AddDays(1), NpgsqlDbType.TimestampTz);
    }
}
