using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;
using Reconciler.Finance;
using Reconciler.Hosting;

namespace Reconciler.Ingest.Unreadable;

/// <summary>What a connection's provider sent, signed, that nothing could be read from: newest first.</summary>
internal static class UnreadableDeliveries
{
    private const int LimitDefault = 50;
    private const int LimitMax = 500;

    // Served by evidence_unreadable. What was erased can never be read again, and answers are asked for again by the clock.
    internal const string Unread = "stream_id is null and unreadable is not null and deliveries > 0 and verified_by is not null and erased_at is null";

    private static readonly string[] Known = ["limit", "cursor"];

    /// <param name="asked">The query of the route, which is also the query of the page that shows the list.</param>
    internal static async Task<(UnreadablePage? Page, Problem? Problem)> PageAsync(
        IQueryCollection asked, ConnectionKey connection, NpgsqlDataSource database, CancellationToken cancellation)
    {
        var query = new Conditions(asked, Known);
        query.Where("connection = {0}", connection.ToString(), NpgsqlDbType.Text);
        query.Where(Unread);
        var most = query.Whole("limit", 1, LimitMax, LimitDefault);
        var after = query.Text("cursor", Cursor.CharactersMax) is { } text ? Cursor.Read(text, descending: true, ReadId) : null;
        if (after is null && asked.ContainsKey("cursor")) query.Refuse("cursor", "It is not a nextCursor of this list.");
        if (query.Problems.Count > 0) return (null, Problem.Invalid(query.Problems));
        await using var command = query.Page(
            database, "select digest, unreadable, verified_by, deliveries, received_at, last_seen_at, content_type from reconciler.evidence",
            ("received_at", "digest", Descending: true), after, most + 1);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<UnreadableDelivery>();
        while (await row.ReadAsync(cancellation))
        {
            rows.Add(new UnreadableDelivery(
                EvidenceDigest.FromBytes(row.GetFieldValue<byte[]>(0)), row.GetString(1), row.GetString(2), row.GetInt32(3),
                row.GetFieldValue<DateTimeOffset>(4), row.GetFieldValue<DateTimeOffset>(5), row.IsDBNull(6) ? null : row.GetString(6)));
        }

        var items = rows.Take(most).ToList();
        return (new UnreadablePage(items, rows.Count > most ? new Cursor(items[^1].ReceivedAt, items[^1].Digest, Descending: true).Text : null), null);
    }

    private static object? ReadId(string text) => EvidenceDigest.TryParse(text, out var digest) ? digest.ToBytes() : null;
}

/// <summary>A signed delivery that nothing could be read from. Its bytes are kept.</summary>
/// <param name="Digest">SHA-256 of the bytes.</param>
/// <param name="Reason">Why nothing could be read from it.</param>
/// <param name="VerifiedBy">The id of the secret or key that signed it.</param>
/// <param name="Deliveries">How often the same bytes came.</param>
public sealed record UnreadableDelivery(
    EvidenceDigest Digest, string Reason, string VerifiedBy, int Deliveries, DateTimeOffset ReceivedAt, DateTimeOffset LastSeenAt, string? ContentType);

/// <param name="NextCursor">For the next page, of older ones; null on the last one.</param>
public sealed record UnreadablePage(IReadOnlyList<UnreadableDelivery> Items, string? NextCursor);
