using System.Diagnostics;
using Npgsql;

namespace Reconciler.Appending;

/// <summary>A lane's own database connection, kept for as long as it works: taking one from the pool per batch would cost a round trip.</summary>
internal sealed class LaneConnection(NpgsqlDataSource database)
{
    private NpgsqlConnection? connection;

    internal NpgsqlConnection Open => connection ?? throw new UnreachableException("The lane's connection is opened before it is used.");

    internal NpgsqlDataSource Database => database;

    /// <exception cref="AppendUnavailable">There is none to be had: whatever the reason, it lies with no item.</exception>
    internal async Task EnsureOpenAsync(CancellationToken cancellation)
    {
        if (connection is { FullState: System.Data.ConnectionState.Open }) return;
        await DropAsync();
        try
        {
            connection = await database.OpenConnectionAsync(cancellation);
        }
        catch (NpgsqlException fault)
        {
            throw new AppendUnavailable("The database cannot be reached now.", fault);
        }
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
        catch (Exception)
        {
            // Whatever it was: the connection is of no more use, and the lane goes on with a new one.
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
