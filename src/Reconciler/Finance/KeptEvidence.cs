using System.Data;
using System.Security.Cryptography;
using Npgsql;
using NpgsqlTypes;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Personal;

namespace Reconciler.Finance;

/// <summary>Kept bytes, with what stands beside them.</summary>
/// <param name="Body">Null where they were erased, or do not open any more.</param>
/// <param name="ErasedAt">When they were, or the payout that is asked about; null where they are there.</param>
/// <param name="Deliveries">How often these bytes came verified.</param>
/// <param name="Nudges">How often they came without a signature that we could check.</param>
/// <param name="Answers">How often they came as the answer to our own request.</param>
/// <param name="IsSealed">Nobody but the service can have put them here. What was kept before there were seals is not.</param>
internal sealed record KeptEvidence(
    EvidenceDigest Digest,
    byte[]? Body,
    string? ContentType,
    byte[]? HeadersJson,
    int? HttpStatus,
    string? VerifiedBy,
    string? DeliveryId,
    string? Unreadable,
    int Deliveries,
    int Nudges,
    int Answers,
    DateTimeOffset ReceivedAt,
    DateTimeOffset LastSeenAt,
    DateTimeOffset? ErasedAt,
    bool IsSealed)
{
    private const string Columns = """
        digest, body, content_type, headers, http_status, verified_by, delivery_id, unreadable, deliveries, nudges, answers, received_at,
        last_seen_at, salt, stream_id
        """;

    // Served by the primary key. Identical answers about two payouts ("unknown here") are kept once, under the first of them: then the
    // payout's own events say that the bytes are its evidence, too (pk_mt_events_stream_and_version).
    private const string OfPayout = $"""
        select {Columns}, coalesce((select erased_at from reconciler.payouts where stream_id = $3), erased_at)
        from reconciler.evidence
        where connection = $1 and digest = $2 and (stream_id = $3
            or exists (select 1 from reconciler.mt_events where stream_id = $3 and data ->> 'digest' = $4))
        """;

    // Served by the primary key.
    private const string OfNoPayout = $"""
        select {Columns}, erased_at from reconciler.evidence
        where connection = $1 and digest = $2 and stream_id is null and unreadable is not null
        """;

    // Served by the primary key.
    private const string Signers = "select digest, verified_by from reconciler.evidence where connection = $1 and digest = any($2)";

    /// <summary>Sealed under a key of its payout's, and neither erased nor what was sealed: somebody changed the row.</summary>
    internal bool IsDamaged => Body is null && ErasedAt is null;

    internal static async Task<KeptEvidence?> FindAsync(
        NpgsqlDataSource database, Installation installation, PayoutId payout, EvidenceDigest digest, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(OfPayout);
        command.Parameters.Add(new NpgsqlParameter { Value = payout.Connection.ToString() });
        command.Parameters.Add(new NpgsqlParameter { Value = digest.ToBytes() });
        command.Parameters.Add(new NpgsqlParameter { Value = payout.StreamId });
        command.Parameters.Add(new NpgsqlParameter { Value = digest.ToString() });
        return await ReadAsync(command, installation, payout.Connection, digest, cancellation);
    }

    /// <summary>A delivery that nothing could be read from.</summary>
    internal static async Task<KeptEvidence?> FindUnreadableAsync(
        NpgsqlDataSource database, Installation installation, ConnectionKey connection, EvidenceDigest digest, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(OfNoPayout);
        command.Parameters.Add(new NpgsqlParameter { Value = connection.ToString() });
        command.Parameters.Add(new NpgsqlParameter { Value = digest.ToBytes() });
        return await ReadAsync(command, installation, connection, digest, cancellation);
    }

    private static async Task<KeptEvidence?> ReadAsync(
        NpgsqlCommand command, Installation installation, ConnectionKey connection, EvidenceDigest digest, CancellationToken cancellation)
    {
        await using var row = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, cancellation);
        if (!await row.ReadAsync(cancellation)) return null;
        var erasedAt = row.IsDBNull(15) ? (DateTimeOffset?)null : row.GetFieldValue<DateTimeOffset>(15);
        var opened = erasedAt is null ? await OpenAsync(row, installation, connection, digest, cancellation) : null;
        return new KeptEvidence(
            digest,
            opened?.Body,
            row.IsDBNull(2) ? null : row.GetString(2),
            opened?.Headers,
            row.IsDBNull(4) ? null : row.GetInt32(4),
            row.IsDBNull(5) ? null : row.GetString(5),
            row.IsDBNull(6) ? null : row.GetString(6),
            row.IsDBNull(7) ? null : row.GetString(7),
            row.GetInt32(8),
            row.GetInt32(9),
            row.GetInt32(10),
            row.GetFieldValue<DateTimeOffset>(11),
            row.GetFieldValue<DateTimeOffset>(12),
            erasedAt,
            IsSealed: !row.IsDBNull(13));
    }

    /// <returns>Null where they do not open.</returns>
    private static async Task<KeptBytesSeal?> OpenAsync(
        NpgsqlDataReader row, Installation installation, ConnectionKey connection, EvidenceDigest digest, CancellationToken cancellation)
    {
        if (row.IsDBNull(1)) return null;
        var body = row.GetFieldValue<byte[]>(1);
        // Kept before there were seals.
        if (row.IsDBNull(13)) return new KeptBytesSeal(body, row.IsDBNull(3) ? null : row.GetFieldValue<byte[]>(3));
        var (salt, about) = (row.GetFieldValue<byte[]>(13), row.IsDBNull(14) ? null : row.GetString(14));
        try
        {
            // Another node may have learnt of a new key a moment before this one.
            if (!installation.Personal.Knows(body)) await installation.RefreshAsync(cancellation);
            return KeptBytesSeal.Open(installation.Personal, salt, about, connection, digest, body);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>By which secret or key each of some deliveries was verified; those that were not have no entry.</summary>
    internal static async Task<Dictionary<EvidenceDigest, string>> SignersAsync(
        NpgsqlDataSource database, ConnectionKey connection, IEnumerable<EvidenceDigest> digests, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Signers);
        command.Parameters.Add(new NpgsqlParameter { Value = connection.ToString() });
        var wanted = digests.Select(digest => digest.ToBytes()).ToArray();
        command.Parameters.Add(new NpgsqlParameter { Value = wanted, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var signers = new Dictionary<EvidenceDigest, string>();
        while (await rows.ReadAsync(cancellation))
            if (!rows.IsDBNull(1)) signers[EvidenceDigest.Parse(Convert.ToHexStringLower(rows.GetFieldValue<byte[]>(0)))] = rows.GetString(1);
        return signers;
    }
}
