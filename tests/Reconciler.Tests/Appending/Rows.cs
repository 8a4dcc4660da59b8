using Npgsql;

namespace Reconciler.Tests.Appending;

/// <summary>Looks into a database from outside, on connections that nothing else uses.</summary>
internal static class Rows
{
    public static async Task<T> OneAsync<T>(string connectionString, string sql)
    {
        await using var connection = await OpenAsync(connectionString);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public static async Task RunAsync(string connectionString, string sql)
    {
        await using var connection = await OpenAsync(connectionString);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public static Task<long> CountAsync(string connectionString, string from) => OneAsync<long>(connectionString, $"select count(*) from reconciler.{from}");

    /// <summary>A session of its own, outside every pool.</summary>
    public static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
