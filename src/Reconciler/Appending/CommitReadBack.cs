using Npgsql;
using Reconciler.Core;

namespace Reconciler.Appending;

/// <summary>Something that stands in the database exactly if the batch committed.</summary>
internal abstract record CommitMarker
{
    /// <summary>An event of the batch, by the unique index over stream and version.</summary>
    internal sealed record Event(string StreamId, long Version, Guid Id) : CommitMarker;

    /// <summary>Bytes that were not kept before: enough where no event was written, since being kept is all that was promised of them.</summary>
    internal sealed record Bytes(ConnectionKey Connection, EvidenceDigest Digest) : CommitMarker;

    /// <summary>The batch wrote nothing that anybody was promised: what it was to keep was there before, and it only counted.</summary>
    internal sealed record Nothing : CommitMarker;
}

/// <summary>
/// The connection was lost while COMMIT was under way: the outcome is unknown. It is read back, never replayed blindly. Where it
/// cannot be known in time the answer is "no": a sender that tries again meets the permanent dedupe.
/// </summary>
internal static partial class CommitReadBack
{
    private const int AttemptsMax = 12;
    private static readonly TimeSpan AttemptWait = TimeSpan.FromMilliseconds(250);

    // Callers wait meanwhile: a database that cannot be asked by then is as good as away.
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(10);

    internal static async Task<bool> HasCommittedAsync(LaneConnection lane, CommitMarker marker, TimeProvider clock, ILogger log)
    {
        if (marker is CommitMarker.Nothing) return true;
        using var bound = new CancellationTokenSource(TimeMax, clock);
        for (var attempt = 1; attempt <= AttemptsMax && !bound.IsCancellationRequested; attempt++)
        {
            try
            {
                await using var connection = await lane.Database.OpenConnectionAsync(bound.Token);
                var committed = await IsThereAsync(connection, marker, bound.Token);
                ReadBack(log, committed, attempt);
                return committed;
            }
            catch (Exception fault) when (fault is NpgsqlException or IOException or TimeoutException or OperationCanceledException or System.Net.Sockets.SocketException)
            {
                await Task.Delay(AttemptWait, clock, CancellationToken.None);
            }
        }

        return false;
    }

    private static async Task<bool> IsThereAsync(NpgsqlConnection connection, CommitMarker marker, CancellationToken cancellation)
    {
        await using var query = connection.CreateCommand();
        switch (marker)
        {
            case CommitMarker.Event happened:
                // Served by pk_mt_events_stream_and_version.
                query.CommandText = "select 1 from reconciler.mt_events where stream_id = $1 and version = $2 and id = $3";
                query.Parameters.Add(new NpgsqlParameter { Value = happened.StreamId });
                query.Parameters.Add(new NpgsqlParameter { Value = happened.Version });
                query.Parameters.Add(new NpgsqlParameter { Value = happened.Id });
                break;
            case CommitMarker.Bytes kept:
                query.CommandText = "select 1 from reconciler.evidence where connection = $1 and digest = $2";
                query.Parameters.Add(new NpgsqlParameter { Value = kept.Connection.ToString() });
                query.Parameters.Add(new NpgsqlParameter { Value = kept.Digest.ToBytes() });
                break;
        }

        return await query.ExecuteScalarAsync(cancellation) is not null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A commit's outcome was unknown; read back on attempt {Attempt}: committed {Committed}")]
    private static partial void ReadBack(ILogger log, bool committed, int attempt);
}
