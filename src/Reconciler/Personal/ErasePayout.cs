using Npgsql;
using NpgsqlTypes;
using Reconciler.Access;
using Reconciler.Access.Audit;
using Reconciler.Core;

namespace Reconciler.Personal;

/// <summary>
/// Destroys what the keys of one payout's personal data are made of, and the sealed bytes with it. Its events, its money and the digests
/// stay as they are, byte for byte.
/// </summary>
public sealed class ErasePayout(NpgsqlDataSource database, AuditLog audit, TimeProvider clock)
{
    private const int AttemptsMax = 5;

    // Served by the primary key.
    private const string Lock = """
        select final, cardinality(open_discrepancies), erased_at from reconciler.payouts where stream_id = $1 for update
        """;

    /// <summary>Committed: it is gone.</summary>
    /// <param name="force">Though it is not final, or people still have to look at it.</param>
    public async Task<Erasure> EraseAsync(PayoutId payout, string why, bool force, Actor by, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(payout, why, force, by, cancellation);
            }
            catch (PostgresException met) when (met.SqlState == PostgresErrorCodes.DeadlockDetected && attempt < AttemptsMax)
            {
                // A delivery of bytes that were here before locks their row first, and the payout's after it.
            }
        }
    }

    private async Task<Erasure> TryAsync(PayoutId payout, string why, bool force, Actor by, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ErasedRows.HoldBookAsync(connection, cancellation);
        if (await FindAsync(connection, payout, cancellation) is not { } found) return new Erasure.Unknown();
        if (found.ErasedAt is { } before) return new Erasure.Done(before);
        if (!force && !(found.IsFinal && found.OpenCases == 0)) return new Erasure.NotSettled(found.IsFinal, found.OpenCases);
        var now = clock.GetUtcNow().ToMicrosecond();
        var (_, pieces) = await ErasedRows.WriteAsync(connection, [payout.StreamId], now, cancellation);
        await audit.RecordAsync(connection, by, "payout.erased", $"payout:{payout}", null, new { Evidence = pieces, Forced = force }, why, cancellation);
        await transaction.CommitAsync(cancellation);
        return new Erasure.Done(now);
    }

    private static async Task<(bool IsFinal, int OpenCases, DateTimeOffset? ErasedAt)?> FindAsync(
        NpgsqlConnection connection, PayoutId payout, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Lock, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = payout.StreamId, NpgsqlDbType = NpgsqlDbType.Text });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation)
            ? (row.GetBoolean(0), row.GetInt32(1), row.IsDBNull(2) ? null : row.GetFieldValue<DateTimeOffset>(2))
            : null;
    }
}

/// <summary>What became of a wish to erase.</summary>
public abstract record Erasure
{
    public sealed record Unknown : Erasure;

    /// <param name="At">When, which the first time decided.</param>
    public sealed record Done(DateTimeOffset At) : Erasure;

    /// <summary>The bytes may still be needed, as proof or to be read again.</summary>
    public sealed record NotSettled(bool IsFinal, int OpenCases) : Erasure;
}
