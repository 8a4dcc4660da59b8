using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Reconciler.Appending;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Finance;
using Reconciler.Providers;

namespace Reconciler.Ingest.Unreadable;

/// <summary>
/// Reads again what a connection's provider sent and nothing could be read from, after a version that understands more was installed.
/// What is understood now counts as of when it came. May be ended and begun again at any time, also by two at once: each delivery counts once.
/// </summary>
internal sealed class ReadUnreadableAgain(Appender appender, Installation installation, NpgsqlDataSource database)
{
    private const int PageMax = 500;
    private const int AtOnce = 8;

    // Served by evidence_unreadable: those that came first count first.
    private const string Next = $"""
        select received_at, digest from reconciler.evidence
        where connection = $1 and (received_at, digest) > ($2, $3) and {UnreadableDeliveries.Unread}
        order by received_at, digest limit $4
        """;

    // Served by the primary key.
    private const string Understood = $"update reconciler.evidence set unreadable = null where connection = $1 and digest = $2 and {UnreadableDeliveries.Unread}";

    private enum Outcome
    {
        Read,
        Ignored,
        Unreadable,
        Damaged,
        DoneByAnother,
    }

    /// <exception cref="AppendUnavailable">The database cannot commit now. What was read so far is permanent.</exception>
    internal async Task<ReadAgainAnswer> HandleAsync(OpenConnection connection, ConnectionAudit audited, CancellationToken cancellation)
    {
        var outcomes = new int[Enum.GetValues<Outcome>().Length];
        try
        {
            await ReadAllAsync(connection, outcomes, cancellation);
        }
        finally
        {
            // Also where whoever asked went away meanwhile: what was read by then stands.
            await audited.DoneAsync(connection.Settings.Key, "connection.unreadable_read", Counted(outcomes), CancellationToken.None);
        }

        return Counted(outcomes);
    }

    private async Task ReadAllAsync(OpenConnection connection, int[] outcomes, CancellationToken cancellation)
    {
        var (at, last) = (DateTimeOffset.MinValue, Array.Empty<byte>());
        while (await NextAsync(connection.Settings.Key, at, last, cancellation) is { Count: > 0 } page)
        {
            await Parallel.ForEachAsync(
                page, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
                async (one, ending) => Interlocked.Increment(ref outcomes[(int)await ReadAsync(connection, EvidenceDigest.FromBytes(one.Digest), ending)]));
            (at, last) = page[^1];
        }
    }

    private static ReadAgainAnswer Counted(int[] outcomes) =>
        new(outcomes[(int)Outcome.Read], outcomes[(int)Outcome.Ignored], outcomes[(int)Outcome.Unreadable], outcomes[(int)Outcome.Damaged]);

    private async Task<Outcome> ReadAsync(OpenConnection connection, EvidenceDigest digest, CancellationToken cancellation)
    {
        var key = connection.Settings.Key;
        if (await KeptEvidence.FindUnreadableAsync(database, installation, key, digest, cancellation) is not { VerifiedBy: { } by } kept) return Outcome.DoneByAnother;
        if (kept.Body is not { } body) return kept.IsDamaged ? Outcome.Damaged : Outcome.DoneByAnother;
        // The signature was checked when it came. Whoever can write to the database must not put in a word that we then count as signed.
        if (!kept.IsSealed) return Outcome.Damaged;
        var delivery = new Delivery(HttpMethods.Post, "", "", Headers(kept.HeadersJson), body, kept.ReceivedAt);
        var reading = DeliveryReading.Of(connection, installation, delivery, by);
        if (reading.IsIgnored) return await IgnoreAsync(key, digest, cancellation);
        if (reading.Received is not { } received) return Outcome.Unreadable;
        var evidence = new Evidence(
            key, connection.Settings.Provider, digest, EvidenceKind.Delivery, received.Payout.StreamId, body, kept.ContentType, kept.HeadersJson,
            HttpStatus: null, by, received.DeliveryId, Unreadable: null, kept.ReceivedAt);
        var appended = await appender.AppendAsync(new ReadAgain(evidence, received, connection.Settings.Polling));
        return appended.Outcome == AppendOutcome.Appended ? Outcome.Read : Outcome.DoneByAnother;
    }

    private async Task<Outcome> IgnoreAsync(ConnectionKey key, EvidenceDigest digest, CancellationToken cancellation)
    {
        await using var understood = database.CreateCommand(Understood);
        understood.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key.ToString() });
        understood.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = digest.ToBytes() });
        return await understood.ExecuteNonQueryAsync(cancellation) == 1 ? Outcome.Ignored : Outcome.DoneByAnother;
    }

    private async Task<List<(DateTimeOffset At, byte[] Digest)>> NextAsync(ConnectionKey key, DateTimeOffset at, byte[] last, CancellationToken cancellation)
    {
        await using var next = database.CreateCommand(Next);
        next.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key.ToString() });
        next.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = at, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        next.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = last });
        next.Parameters.Add(new NpgsqlParameter<int> { TypedValue = PageMax });
        await using var row = await next.ExecuteReaderAsync(cancellation);
        var page = new List<(DateTimeOffset, byte[])>();
        while (await row.ReadAsync(cancellation)) page.Add((row.GetFieldValue<DateTimeOffset>(0), row.GetFieldValue<byte[]>(1)));
        return page;
    }

    private static Dictionary<string, string[]> Headers(byte[]? json)
    {
        var headers = new Dictionary<string, string[]>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in json is null ? [] : JsonSerializer.Deserialize<Dictionary<string, string>>(json)!) headers[name] = [value];
        return headers;
    }
}

/// <summary>What came of reading a connection's unreadable deliveries again.</summary>
/// <param name="Read">Understood now, and counted as of when they came.</param>
/// <param name="Ignored">Understood now, and not about a payout.</param>
/// <param name="Unreadable">Still not understood.</param>
/// <param name="Damaged">What is stored does not open, or is not sealed: somebody changed it or put it in. It counts for nothing.</param>
public sealed record ReadAgainAnswer(int Read, int Ignored, int Unreadable, int Damaged);
