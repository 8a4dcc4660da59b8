using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;

namespace Reconciler.Connections;

/// <summary>
/// One change of the stored connections, in one transaction. It begins by locking the head, so that writers take turns: what one decided
/// by what it read is still so when it writes, and revisions are committed in their order.
/// </summary>
internal sealed class ConnectionWriting : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;
    private readonly TimeProvider clock;

    private ConnectionWriting(NpgsqlConnection connection, NpgsqlTransaction transaction, TimeProvider clock)
    {
        this.connection = connection;
        this.transaction = transaction;
        this.clock = clock;
    }

    /// <summary>In the transaction, for what is to be recorded with the change.</summary>
    public NpgsqlConnection Connection => connection;

    public static async Task<ConnectionWriting> BeginAsync(NpgsqlDataSource database, TimeProvider clock, CancellationToken cancellation)
    {
        var connection = await database.OpenConnectionAsync(cancellation);
        try
        {
            var transaction = await connection.BeginTransactionAsync(cancellation);
            await using var hold = new NpgsqlCommand("select revision from reconciler.connection_head for update", connection);
            await hold.ExecuteScalarAsync(cancellation);
            return new ConnectionWriting(connection, transaction, clock);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task<ConnectionRow?> FindAsync(ConnectionKey key, CancellationToken cancellation)
    {
        await using var read = Command($"select {ConnectionRow.Columns} from reconciler.connections where key = $1", key);
        await using var row = await read.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? ConnectionRow.Of(row) : null;
    }

    public async Task<ConnectionRow> PutAsync(
        ConnectionKey key, ConnectionDocument document, byte[] sealedSecrets, CancellationToken cancellation)
    {
        await using var put = Command($"""
            with head as (update reconciler.connection_head set revision = revision + 1 returning revision)
            insert into reconciler.connections (key, provider, settings, sealed_secrets, revision, updated_at)
            select $1, $2, $3, $4, revision, $5 from head
            on conflict (key) do update
            set provider = excluded.provider, settings = excluded.settings, sealed_secrets = excluded.sealed_secrets,
                revision = excluded.revision, updated_at = excluded.updated_at
            returning {ConnectionRow.Columns}
            """, key);
        put.Parameters.Add(new NpgsqlParameter { Value = document.Provider.Word() });
        put.Parameters.Add(new NpgsqlParameter { Value = document.Text(), NpgsqlDbType = NpgsqlDbType.Jsonb });
        put.Parameters.Add(new NpgsqlParameter { Value = sealedSecrets });
        put.Parameters.Add(new NpgsqlParameter { Value = clock.GetUtcNow() });
        await using var row = await put.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return ConnectionRow.Of(row);
    }

    /// <summary>A connection that knows payouts, or kept a delivery that nobody could read yet, is history, and stays.</summary>
    public async Task<bool> HasHistoryAsync(ConnectionKey key, CancellationToken cancellation)
    {
        // Served by indexes that begin with the connection.
        await using var ask = Command("""
            select exists (select from reconciler.payouts where connection = $1) or exists (select from reconciler.evidence where connection = $1)
            """, key);
        return (bool)(await ask.ExecuteScalarAsync(cancellation))!;
    }

    public Task<IReadOnlyList<VerifierUse>> VerifiersAsync(ConnectionKey key, CancellationToken cancellation) =>
        ConnectionStore.VerifiersAsync(Command(ConnectionStore.Verifiers, key), cancellation);

    /// <summary>A secret that comes again under the same id is another one: nothing was verified by it yet.</summary>
    public async Task ForgetVerifiersAsync(ConnectionKey key, string[] ids, CancellationToken cancellation)
    {
        if (ids.Length == 0) return;
        await using var forget = Command("delete from reconciler.webhook_verifiers where connection = $1 and verifier = any($2)", key);
        forget.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = ids });
        await forget.ExecuteNonQueryAsync(cancellation);
    }

    public async Task DeleteAsync(ConnectionKey key, CancellationToken cancellation)
    {
        await using var delete = Command("""
            with head as (update reconciler.connection_head set revision = revision + 1)
            delete from reconciler.connections where key = $1
            """, key);
        await delete.ExecuteNonQueryAsync(cancellation);
    }

    public Task CommitAsync(CancellationToken cancellation) => transaction.CommitAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    private NpgsqlCommand Command(string sql, ConnectionKey key) =>
        new(sql, connection, transaction) { Parameters = { new NpgsqlParameter { Value = key.ToString() } } };
}
