using Npgsql;
using NpgsqlTypes;

namespace Reconciler.Connections;

/// <summary>The table of key rings. A handful of rows: one, or two while a rotation goes on.</summary>
internal static class KeyRingRows
{
    public static async Task<IReadOnlyList<KeyRingRow>> AllAsync(NpgsqlConnection connection, bool forUpdate, CancellationToken cancellation)
    {
        // Whoever changes rings takes turns on the one row that is always there.
        if (forUpdate)
        {
            await using var hold = new NpgsqlCommand("select from reconciler.installation for update", connection);
            await hold.ExecuteNonQueryAsync(cancellation);
        }

        await using var read = new NpgsqlCommand("select master_key_check, sealed, revision from reconciler.key_rings", connection);
        await using var row = await read.ExecuteReaderAsync(cancellation);
        var rows = new List<KeyRingRow>();
        while (await row.ReadAsync(cancellation)) rows.Add(new(row.GetFieldValue<byte[]>(0), row.GetFieldValue<byte[]>(1), row.GetInt64(2)));
        return rows;
    }

    public static async Task<KeyRingRow?> FindAsync(NpgsqlDataSource database, byte[] check, CancellationToken cancellation)
    {
        await using var read = database.CreateCommand("select master_key_check, sealed, revision from reconciler.key_rings where master_key_check = $1");
        read.Parameters.Add(new NpgsqlParameter { Value = check });
        await using var row = await read.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? new(row.GetFieldValue<byte[]>(0), row.GetFieldValue<byte[]>(1), row.GetInt64(2)) : null;
    }

    /// <summary>Makes the row, or changes it. Of two nodes that start together on a database without rings, the first one's stays.</summary>
    public static async Task PutAsync(
        NpgsqlConnection connection, byte[] check, byte[] sealedRing, DateTimeOffset now, bool overwrite, CancellationToken cancellation)
    {
        var conflict = overwrite ? "update set sealed = excluded.sealed, revision = ring.revision + 1" : "nothing";
        await using var put = new NpgsqlCommand($"""
            insert into reconciler.key_rings as ring (master_key_check, sealed, revision, made_at) values ($1, $2, 1, $3)
            on conflict (master_key_check) do {conflict}
            """, connection);
        put.Parameters.Add(new NpgsqlParameter { Value = check });
        put.Parameters.Add(new NpgsqlParameter { Value = sealedRing });
        put.Parameters.Add(new NpgsqlParameter { Value = now, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await put.ExecuteNonQueryAsync(cancellation);
    }

    public static async Task KeepOnlyAsync(NpgsqlConnection connection, byte[] check, CancellationToken cancellation)
    {
        await using var delete = new NpgsqlCommand("""
            with others as (delete from reconciler.key_rings where master_key_check <> $1)
            update reconciler.installation set master_key_check = $1
            """, connection);
        delete.Parameters.Add(new NpgsqlParameter { Value = check });
        await delete.ExecuteNonQueryAsync(cancellation);
    }
}

/// <param name="Check">Tells whose ring it is, without telling the master key.</param>
internal sealed record KeyRingRow(byte[] Check, byte[] Sealed, long Revision);
