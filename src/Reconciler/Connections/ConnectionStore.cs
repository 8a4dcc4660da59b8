using Npgsql;
using Reconciler.Core;

namespace Reconciler.Connections;

/// <summary>Reads the connections that are stored. Writing is <see cref="ConnectionWriting"/>.</summary>
internal sealed class ConnectionStore(NpgsqlDataSource database, TimeProvider clock)
{
    // Served by the primary key.
    internal const string Verifiers = "select verifier, deliveries, last_used_at from reconciler.webhook_verifiers where connection = $1 order by 3 desc, 1";

    /// <summary>The number of the last change over all connections, deletions included.</summary>
    public async Task<long> RevisionAsync(CancellationToken cancellation)
    {
        await using var read = database.CreateCommand("select revision from reconciler.connection_head");
        return (long)(await read.ExecuteScalarAsync(cancellation))!;
    }

    public async Task<ConnectionRow?> FindAsync(ConnectionKey key, CancellationToken cancellation)
    {
        await using var read = database.CreateCommand($"select {ConnectionRow.Columns} from reconciler.connections where key = $1");
        read.Parameters.Add(new NpgsqlParameter { Value = key.ToString() });
        await using var row = await read.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? ConnectionRow.Of(row) : null;
    }

    /// <summary>All of them, by key: a handful, not thousands.</summary>
    public async Task<IReadOnlyList<ConnectionRow>> AllAsync(CancellationToken cancellation)
    {
        await using var read = database.CreateCommand($"select {ConnectionRow.Columns} from reconciler.connections order by key");
        await using var row = await read.ExecuteReaderAsync(cancellation);
        var rows = new List<ConnectionRow>();
        while (await row.ReadAsync(cancellation)) rows.Add(ConnectionRow.Of(row));
        return rows;
    }

    /// <summary>When each of its secrets and keys verified something last, as far as it is written.</summary>
    public Task<IReadOnlyList<VerifierUse>> VerifiersAsync(ConnectionKey key, CancellationToken cancellation)
    {
        var read = database.CreateCommand(Verifiers);
        read.Parameters.Add(new NpgsqlParameter { Value = key.ToString() });
        return VerifiersAsync(read, cancellation);
    }

    internal static async Task<IReadOnlyList<VerifierUse>> VerifiersAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var read = command;
        await using var rows = await read.ExecuteReaderAsync(cancellation);
        var uses = new List<VerifierUse>();
        while (await rows.ReadAsync(cancellation)) uses.Add(new(rows.GetString(0), rows.GetInt64(1), rows.GetFieldValue<DateTimeOffset>(2)));
        return uses;
    }

    public Task<ConnectionWriting> BeginAsync(CancellationToken cancellation) =>
        ConnectionWriting.BeginAsync(database, clock, cancellation);
}
