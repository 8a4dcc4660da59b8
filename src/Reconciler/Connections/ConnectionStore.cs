using Npgsql;
using Reconciler.Core;

namespace Reconciler.Connections;

/// <summary>Reads the connections that are stored. Writing is <see cref="ConnectionWriting"/>.</summary>
internal sealed class ConnectionStore(NpgsqlDataSource database, TimeProvider clock)
{
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

    public Task<ConnectionWriting> BeginAsync(CancellationToken cancellation) =>
        ConnectionWriting.BeginAsync(database, clock, cancellation);
}
