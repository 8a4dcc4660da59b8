using System.Security.Cryptography;
using Npgsql;
using Reconciler.Connections;

namespace Reconciler.Access.Audit;

/// <summary>Proves that the audit log is whole: each entry is where it was, and as it was.</summary>
public sealed class AuditChain(NpgsqlDataSource database, Installation installation)
{
    private const int HashBytes = 32;

    // Served by the primary key; one snapshot for both, so that entries that come meanwhile do no harm.
    private const string Entries = $"select {AuditRows.Columns}, former, hash from reconciler.audit_log order by number";

    private const string Head = "select number, hash from reconciler.audit_head";

    /// <summary>Reads all of it, in order, with as much memory as one entry takes.</summary>
    public async Task<AuditVerdict> VerifyAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        var (last, end) = await HeadAsync(connection, cancellation);
        var key = installation.AuditKey;
        var (number, former) = (0L, new byte[HashBytes]);
        await using var command = new NpgsqlCommand(Entries, connection) { CommandTimeout = 0 };
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation))
        {
            var entry = AuditRows.Of(rows);
            number++;
            if (entry.Number != number) return AuditVerdict.Broken(number, $"Entry {number} is missing: the next one is {entry.Number}.");
            if (!former.AsSpan().SequenceEqual(rows.GetFieldValue<byte[]>(12)))
                return AuditVerdict.Broken(number, $"Entry {number} does not follow the one before it.");
            var hash = entry.Hash(key, former);
            if (!CryptographicOperations.FixedTimeEquals(hash, rows.GetFieldValue<byte[]>(13)))
                return AuditVerdict.Broken(number, $"Entry {number} is not as it was recorded.");
            former = hash;
        }

        if (number != last) return AuditVerdict.Broken(number + 1, $"The log ends with entry {number}, though {last} were recorded.");
        return former.AsSpan().SequenceEqual(end)
            ? new AuditVerdict(number, Convert.ToHexStringLower(end), null, null)
            : AuditVerdict.Broken(number, $"The log's end is not the hash of entry {number}.");
    }

    private static async Task<(long Number, byte[] Hash)> HeadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Head, connection);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation)
            ? (row.GetInt64(0), row.GetFieldValue<byte[]>(1))
            : throw new InvalidOperationException("The audit log has no head: this database is damaged.");
    }
}

/// <param name="Entries">How many were proved.</param>
/// <param name="Hash">Of the last one, hex: compare it with what the logs or an earlier export say.</param>
/// <param name="BrokenAt">The first entry that does not hold; null where all do.</param>
/// <param name="Trouble">In words.</param>
public sealed record AuditVerdict(long Entries, string? Hash, long? BrokenAt, string? Trouble)
{
    public bool IsWhole => BrokenAt is null;

    internal static AuditVerdict Broken(long at, string trouble) => new(at - 1, null, at, trouble);
}
