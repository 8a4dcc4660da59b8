using Npgsql;

namespace Reconciler.Access;

/// <summary>
/// One change of keys, users or sessions, in one transaction. It begins by moving the head, so that writers take turns and every node
/// learns of the change.
/// </summary>
internal sealed class AccessWriting : IAsyncDisposable
{
    private readonly NpgsqlTransaction transaction;

    private AccessWriting(NpgsqlConnection connection, NpgsqlTransaction transaction) => (Connection, this.transaction) = (connection, transaction);

    public NpgsqlConnection Connection { get; }

    public static async Task<AccessWriting> BeginAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        var connection = await database.OpenConnectionAsync(cancellation);
        try
        {
            var transaction = await connection.BeginTransactionAsync(cancellation);
            await using var move = new NpgsqlCommand("update reconciler.access_head set revision = revision + 1", connection);
            await move.ExecuteNonQueryAsync(cancellation);
            return new AccessWriting(connection, transaction);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public NpgsqlCommand Command(string sql, params object?[] values)
    {
        var command = new NpgsqlCommand(sql, Connection, transaction);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        return command;
    }

    public Task CommitAsync(CancellationToken cancellation) => transaction.CommitAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }
}
