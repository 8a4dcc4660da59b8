using Npgsql;

namespace Reconciler.Access.Keys;

/// <summary>The table of keys, as rows.</summary>
internal static class ApiKeyRows
{
    /// <summary>Keys that are neither revoked nor forgotten, in all: what every node holds in memory.</summary>
    internal const int InUseMax = 5_000;

    private const string Columns =
        "id, name, hint, scopes, connections, owner, created_at, created_by, expires_at, last_used_at, revoked_at, revoked_by";

    // Served by api_keys_in_use.
    private const string InUse = $"select {Columns}, digest from reconciler.api_keys where revoked_at is null";

    private const string All = $"select {Columns} from reconciler.api_keys order by id desc limit $1";

    internal static async Task<List<(byte[] Digest, ApiKey Key)>> InUseAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(InUse, connection);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var keys = new List<(byte[], ApiKey)>();
        while (await rows.ReadAsync(cancellation)) keys.Add((rows.GetFieldValue<byte[]>(12), Of(rows)));
        return keys;
    }

    /// <summary>Newest first, revoked ones too.</summary>
    internal static async Task<List<ApiKey>> AllAsync(NpgsqlDataSource database, int most, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(All);
        command.Parameters.Add(new NpgsqlParameter { Value = most });
        return await ReadAsync(command, cancellation);
    }

    internal static async Task<ApiKey?> FindAsync(NpgsqlDataSource database, Guid id, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"select {Columns} from reconciler.api_keys where id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        return (await ReadAsync(command, cancellation)).SingleOrDefault();
    }

    internal static async Task<List<ApiKey>> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var keys = new List<ApiKey>();
        while (await rows.ReadAsync(cancellation)) keys.Add(Of(rows));
        return keys;
    }

    internal const string Returning = $"returning {Columns}";

    private static ApiKey Of(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetString(1),
        row.GetString(2),
        row.GetFieldValue<string[]>(3),
        row.IsDBNull(4) ? null : row.GetFieldValue<string[]>(4),
        row.IsDBNull(5) ? null : row.GetGuid(5),
        row.GetFieldValue<DateTimeOffset>(6),
        row.GetString(7),
        At(row, 8), At(row, 9), At(row, 10),
        row.IsDBNull(11) ? null : row.GetString(11));

    private static DateTimeOffset? At(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
