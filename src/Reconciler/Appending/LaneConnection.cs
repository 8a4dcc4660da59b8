using System.Diagnostics;
using Npgsql;

namespace Reconciler.Appending;

/// <summary>A lane's own database connection, kept for as long as it works: taking one from the pool per batch would cost a round trip.</summary>
internal sealed class LaneConnection(NpgsqlDataSource database)
{
    private NpgsqlConnection? connection;

    internal NpgsqlConnection Open => connection ?? throw new UnreachableException("The lane's connection is opened before it is used.");

    internal NpgsqlDataSource Database => database;

    internal async Task EnsureOpenAsync(CancellationToken cancellation)
    {
        if (connection is { FullState: System.Data.ConnectionState.Open }) return;
        await DropAsync();
        connection = await database.OpenConnectionAsync(cancellation);
    }

    /// <summary>Ends a failed transaction; a connection that cannot even do that is dropped.</summary>
    internal async Task RollbackAsync()
    {
        if (connection is null) return;
        try
        {
            await using var rollback = new NpgsqlCommand("ROLLBACK", connection);
            await rollback.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception fault) when (fault is NpgsqlException or InvalidOperationException or ObjectDisposedException or IOException)
        {
            await DropAsync();
        }
    }

    internal async Task DropAsync()
    {
        if (Interlocked.Exchange(ref connection, null) is not { } dropped) return;
        // One that is in the middle of a transaction must not go back to the pool for others to inherit.
        NpgsqlConnection.ClearPool(dropped);
        await dropped.DisposeAsync();
    }
}
