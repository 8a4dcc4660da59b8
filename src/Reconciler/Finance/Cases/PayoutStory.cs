using System.Runtime.CompilerServices;
using Npgsql;
using Reconciler.Core;
using Reconciler.Streams;

namespace Reconciler.Finance.Cases;

/// <summary>Reads a payout's stream to its end, a page at a time.</summary>
internal static class PayoutStory
{
    internal static async IAsyncEnumerable<StoredEvent> ReadAsync(
        NpgsqlConnection connection, EventReader events, PayoutId payout, [EnumeratorCancellation] CancellationToken cancellation)
    {
        IReadOnlyList<StoredEvent> page = [];
        do
        {
            page = await events.ReadStreamAsync(connection, payout.StreamId, page is [.., { } last] ? last.Version + 1 : 1, cancellation: cancellation);
            foreach (var stored in page) yield return stored;
        }
        while (page.Count == EventReader.PageMax);
    }
}
