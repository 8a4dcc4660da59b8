using System.Runtime.CompilerServices;
using Npgsql;
using Reconciler.Core;
using Reconciler.Streams;

namespace Reconciler.Finance.Cases;

/// <summary>Reads a payout's stream, a page at a time; no connection is held while the caller works on a page, or waits for its own caller.</summary>
internal static class PayoutStory
{
    /// <param name="upTo">The last version wanted.</param>
    internal static async IAsyncEnumerable<StoredEvent> ReadAsync(
        NpgsqlDataSource database, EventReader events, PayoutId payout, long upTo, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var from = 1L; from <= upTo;)
        {
            var page = await PageAsync(database, events, payout, from, cancellation);
            if (page.Count == 0) yield break;
            foreach (var stored in page)
                if (stored.Version <= upTo) yield return stored;
            from = page[^1].Version + 1;
        }
    }

    private static async Task<IReadOnlyList<StoredEvent>> PageAsync(
        NpgsqlDataSource database, EventReader events, PayoutId payout, long from, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await events.ReadStreamAsync(connection, payout.StreamId, from, cancellation: cancellation);
    }
}
