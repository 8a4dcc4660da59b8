using Npgsql;
using Reconciler.Core;
using Reconciler.Personal;

namespace Reconciler.Appending;

/// <summary>
/// Gives kept bytes that nothing could be read from to the payout that they are now known to be about: sealed anew under its name, so that
/// they go when it is erased. Each once, whoever reads them again at the same time: only who found them unread may count them.
/// </summary>
internal sealed class ReadAgainRows
{
    // Served by the primary key, which is said twice (see PayoutWrites).
    private const string Take = """
        update reconciler.evidence as kept set
            stream_id = again.stream_id, body = again.body, salt = again.salt, headers = null, delivery_id = again.delivery_id, unreadable = null
        from (select unnest($1) as connection, unnest($2) as digest, unnest($3) as stream_id, unnest($4) as body, unnest($5) as salt,
            unnest($6) as delivery_id) as again
        where kept.connection = any($1) and kept.digest = any($2) and kept.connection = again.connection and kept.digest = again.digest
            and kept.stream_id is null and kept.unreadable is not null and kept.deliveries > 0 and kept.salt is not null and kept.erased_at is null
        returning kept.connection, kept.digest
        """;

    private readonly PersonalBox personal;
    private readonly List<Evidence> rows;
    private readonly HashSet<(string Connection, EvidenceDigest Digest)> taken = [];

    internal ReadAgainRows(IEnumerable<Evidence> evidence, PersonalBox personal)
    {
        this.personal = personal;
        rows = [.. evidence.DistinctBy(KeyOf).OrderBy(one => one.Connection).ThenBy(one => one.Digest)];
    }

    /// <summary>To be followed by <see cref="ReadAsync"/>, which reads whom it found unread.</summary>
    internal void AddTo(NpgsqlBatch batch)
    {
        if (rows.Count == 0) return;
        var salts = PersonalBox.NewSalts(rows.Count);
        var command = new NpgsqlBatchCommand(Take);
        command.Parameters.Add(Columns.Texts(rows, one => one.Connection.ToString()));
        command.Parameters.Add(Columns.Bytes(rows, one => one.Digest.ToBytes()));
        command.Parameters.Add(Columns.Texts(rows, one => one.StreamId));
        command.Parameters.Add(Columns.Bytes([.. rows.Zip(salts)], row => EvidenceRows.Sealed(personal, row.First, row.Second)));
        command.Parameters.Add(Columns.Bytes(salts, salt => salt));
        command.Parameters.Add(Columns.Texts(rows, one => one.DeliveryId));
        batch.BatchCommands.Add(command);
    }

    internal async Task ReadAsync(NpgsqlDataReader reader, CancellationToken cancellation)
    {
        if (rows.Count == 0) return;
        while (await reader.ReadAsync(cancellation)) taken.Add((reader.GetString(0), EvidenceDigest.FromBytes(reader.GetFieldValue<byte[]>(1))));
        await reader.NextResultAsync(cancellation);
    }

    /// <summary>Whether this batch found it unread. True once: the next item with the same bytes is a duplicate.</summary>
    internal bool IsFirst(Evidence evidence) => taken.Remove(KeyOf(evidence));

    /// <summary>Of a payout that was erased meanwhile, nothing is kept.</summary>
    internal void AddErasureTo(NpgsqlBatch batch, PayoutRows payouts, DateTimeOffset now) =>
        EvidenceRows.AddErasure(batch, rows.FindAll(one => one.StreamId is { } id && payouts.KeepsNoBytes(id)), now);

    private static (string, EvidenceDigest) KeyOf(Evidence evidence) => (evidence.Connection.ToString(), evidence.Digest);
}
