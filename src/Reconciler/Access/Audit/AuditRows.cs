using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;

namespace Reconciler.Access.Audit;

/// <summary>The table of the audit log, as rows.</summary>
internal static class AuditRows
{
    internal const string Columns =
        "number, recorded_at, actor_kind, actor_id, actor_name, act, subject, before, after, why, address, user_agent";

    private const string Lock = "select number, hash from reconciler.audit_head for update";

    private const string Insert = $"""
        with head as (update reconciler.audit_head set number = $1, hash = $14)
        insert into reconciler.audit_log ({Columns}, former, hash)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        """;

    /// <summary>The end of the chain, which stays locked until the transaction of the connection ends.</summary>
    internal static async Task<(long Number, byte[] Hash)> LockAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Lock, connection);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation)
            ? (row.GetInt64(0), row.GetFieldValue<byte[]>(1))
            : throw new InvalidOperationException("The audit log has no head: this database is damaged.");
    }

    internal static async Task AddAsync(
        NpgsqlConnection connection, AuditEntry entry, byte[] former, byte[] hash, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Insert, connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = entry.Number });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = entry.RecordedAt, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        foreach (var text in (string?[])
            [
                entry.ActorKind.Word(), entry.ActorId, entry.ActorName, entry.Act, entry.Subject, entry.Before, entry.After, entry.Why,
                entry.Address, entry.UserAgent,
            ])
            command.Parameters.Add(new NpgsqlParameter { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = former });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = hash });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    internal static AuditEntry Of(NpgsqlDataReader row) => new(
        row.GetInt64(0),
        row.GetFieldValue<DateTimeOffset>(1),
        EnumWords<ActorKind>.Parse(row.GetString(2)),
        row.GetString(3), row.GetString(4), row.GetString(5),
        Text(row, 6), Text(row, 7), Text(row, 8), Text(row, 9), Text(row, 10), Text(row, 11));

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
