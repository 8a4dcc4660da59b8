using System.Diagnostics;
using Npgsql;

namespace Reconciler.Appending;

/// <summary>A lane's own database connection, kept for as long as it works: taking one from the pool per batch would cost a round trip.</summary>
internal sealed class LaneConnection(NpgsqlDataSource database)
{
    // Every statement of a lane finds its rows by a key, so one plan serves for ever, and planning anew for each batch (and for each
    // foreign key that PostgreSQL checks) would cost a fifth of its time. Made while the tables are empty, such a plan would scan
    // them for ever; forbidding the scans leaves it only the indexes, and the few rows that come of them are
    // hashed. (What is forbidden counts as dear, and what is dear would be compiled: hence no jit.)
    private const string KeepPlans = """
        set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_bitmapscan = off;
        set enable_nestloop = off; set enable_mergejoin = off; set jit = off
        """;

    // An event's foreign key is its stream, which the same transaction writes before it (see EventAppender): asking for it again, event by
    // event, would cost a tenth of the append. Whose database does not let us, is asked.
    private const string TrustOwnKeys = """
        select set_config('session_replication_role', 'replica', false)
        where has_parameter_privilege('session_replication_role', 'SET')
        """;

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
            await using var settings = new NpgsqlCommand($"{KeepPlans}; {TrustOwnKeys}", connection);
            await settings.ExecuteNonQueryAsync(cancellation);
        }
        catch (NpgsqlException fault)
        {
            throw new AppendUnavailable("The database cannot be reached now.", fault);
        }
    }

    /// <summary>
    /// Ends it after every fault, also after one that a rollback would mend: Npgsql 10.0.0 mixes up which statements it has prepared
    /// when a batch fails on the way, and a later use of the connection then fails ("unexpected backend message DataRow").
    /// </summary>
    internal async Task DropAsync()
    {
        if (Interlocked.Exchange(ref connection, null) is not { } dropped) return;
        // It must not go back to the pool for others to inherit: the pool is told to close what it gets back from now on.
        // (NpgsqlConnection.ClearPool knows nothing of the pool of a data source.)
        database.Clear();
        try
        {
            await dropped.DisposeAsync();
        }
        catch (Exception gone) when (gone is NpgsqlException or IOException or ObjectDisposedException or System.Net.Sockets.SocketException)
        {
            // It rolls back first, and the server may just have ended it: a lane that failed over this would be dead for ever. Known to
            // be broken now, it gives its place in the pool back.
            await dropped.DisposeAsync();
        }
    }
}
