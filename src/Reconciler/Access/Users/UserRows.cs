using Npgsql;
using Reconciler.Core;

namespace Reconciler.Access.Users;

/// <summary>The table of users, as rows.</summary>
internal static class UserRows
{
    /// <summary>Users in all: what every node holds in memory.</summary>
    internal const int UsersMax = 5_000;

    internal const string Columns = """
        id, name, role, stamp, must_change_password, locked_until, created_at, created_by, password_changed_at, last_signed_in_at, disabled_at
        """;

    internal const string Returning = $"returning {Columns}";

    internal static async Task<List<User>> AllAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"select {Columns} from reconciler.users order by name", connection);
        return await ReadAsync(command, cancellation);
    }

    internal static async Task<List<User>> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var users = new List<User>();
        while (await rows.ReadAsync(cancellation)) users.Add(Of(rows));
        return users;
    }

    internal static User Of(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetString(1),
        EnumWords<Role>.Parse(row.GetString(2)),
        row.GetGuid(3),
        row.GetBoolean(4),
        At(row, 5),
        row.GetFieldValue<DateTimeOffset>(6),
        row.GetString(7),
        row.GetFieldValue<DateTimeOffset>(8),
        At(row, 9), At(row, 10));

    private static DateTimeOffset? At(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
