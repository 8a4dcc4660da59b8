using Npgsql;

namespace Reconciler.Tests.Appending;

/// <summary>Another session that holds a table, so that nobody can commit anything about payouts until it is disposed.</summary>
internal sealed class Held : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;

    private Held(NpgsqlConnection connection) => this.connection = connection;

    public static async Task<Held> TableAsync(string connectionString, string table = "reconciler.payouts")
    {
        var connection = await Rows.OpenAsync(connectionString);
        await using var hold = new NpgsqlCommand($"begin; lock table {table} in access exclusive mode", connection);
        await hold.ExecuteNonQueryAsync();
        return new Held(connection);
    }

    /// <summary>Returns when so many sessions wait for the table.</summary>
    public static Task WaitersAsync(string connectionString, int sessions = 1) => Eventually.TrueAsync(
        async () => await Rows.OneAsync<long>(connectionString,
            "select count(distinct pid) from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())") >= sessions,
        "Nobody waits for the lock.");

    // Its transaction ends with it.
    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
