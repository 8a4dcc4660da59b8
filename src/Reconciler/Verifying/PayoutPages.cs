using Npgsql;
using NpgsqlTypes;

namespace Reconciler.Verifying;

/// <summary>
/// Hands out all payouts by the page, to any number of lanes. In the order of their first sighting, which is about the order in which
/// everything about them was stored: by their ids, which providers draw by chance, each page would be read from all over the disk.
/// </summary>
/// <remarks>
/// While the service runs, a payout whose first sighting moves to an earlier time may pass from pages to come to those that were handed out.
/// </remarks>
internal sealed class PayoutPages : IDisposable
{
    internal const int PayoutsMax = 1_000;

    // Served by payouts_by_first_seen, read backwards.
    private const string Next = """
        select stream_id, first_seen_at from reconciler.payouts where (first_seen_at, stream_id) > ($1, $2) order by first_seen_at, stream_id limit $3
        """;

    // Whatever has no row among the payouts has no page of its own. Served by the primary keys.
    private const string Orphans = """
        select id from reconciler.mt_streams as stream
        where type = 'payout' and not exists (select from reconciler.payouts where stream_id = stream.id)
        union
        select stream_id from reconciler.payout_standings as standing
        where not exists (select from reconciler.payouts where stream_id = standing.stream_id)
        limit $1
        """;

    private readonly SemaphoreSlim turn = new(1);
    private (DateTimeOffset At, string StreamId) after = (DateTimeOffset.MinValue, "");

    /// <returns>The ids of the next page; none at the end.</returns>
    internal async Task<string[]> NextAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            await using var command = new NpgsqlCommand(Next, connection) { CommandTimeout = 0 };
            command.Parameters.Add(new NpgsqlParameter { Value = after.At, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            command.Parameters.Add(new NpgsqlParameter { Value = after.StreamId, NpgsqlDbType = NpgsqlDbType.Text });
            command.Parameters.Add(new NpgsqlParameter { Value = PayoutsMax });
            await using var rows = await command.ExecuteReaderAsync(cancellation);
            var ids = new List<string>(PayoutsMax);
            for (; await rows.ReadAsync(cancellation); ids.Add(after.StreamId)) after = (rows.GetFieldValue<DateTimeOffset>(1), rows.GetString(0));
            return [.. ids];
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Streams and standings that have no payout's row: some of them, where there are many.</summary>
    internal static async Task<string[]> OrphansAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Orphans, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = PayoutsMax });
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var ids = new List<string>();
        while (await rows.ReadAsync(cancellation)) ids.Add(rows.GetString(0));
        return [.. ids];
    }

    public void Dispose() => turn.Dispose();
}
