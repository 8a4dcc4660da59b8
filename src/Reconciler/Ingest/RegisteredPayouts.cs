using Npgsql;
using Reconciler.Core;

namespace Reconciler.Ingest;

/// <summary>Whether a payout has a stream. A nudge, which nobody signed, may not start one.</summary>
internal sealed class RegisteredPayouts(NpgsqlDataSource database)
{
    internal async ValueTask<bool> IsKnownAsync(PayoutId payout, CancellationToken cancellation)
    {
        // Served by the primary key.
        await using var query = database.CreateCommand("select 1 from reconciler.payouts where stream_id = $1");
        query.Parameters.Add(new NpgsqlParameter<string> { TypedValue = payout.StreamId });
        return await query.ExecuteScalarAsync(cancellation) is not null;
    }
}
