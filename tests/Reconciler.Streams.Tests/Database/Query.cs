using Npgsql;

namespace Reconciler.Streams.Tests;

/// <summary>Plain SQL in one line, so that a test reads as its sentence.</summary>
internal static class Query
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WaitStep = TimeSpan.FromMilliseconds(10);

    public static async Task ExecuteAsync(this NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<T> ScalarAsync<T>(this NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Rows as text, columns joined by a bar.</summary>
    public static async Task<List<string>> RowsAsync(this NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            var values = Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "-" : reader.GetValue(i).ToString());
            rows.Add(string.Join('|', values));
        }

        return rows;
    }

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var bound = new CancellationTokenSource(WaitMax);
        while (!await condition())
        {
            await Task.Delay(WaitStep, TimeProvider.System, bound.Token);
        }
    }

    public static Task UntilSomebodyWaitsForALockAsync(this NpgsqlDataSource database) =>
        UntilAsync(async () => await database.ScalarAsync<long>(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()") > 0);
}
