using Npgsql;
using Reconciler.Access;
using Reconciler.Bookkeeping;
using Reconciler.Connections;

namespace Reconciler.Finance;

/// <summary>Pages of payouts as they stand, each exact at the moment of its query.</summary>
internal sealed class PayoutListing(NpgsqlDataSource database, Book book, ReadTurns turns, Installation installation, TimeProvider clock)
{
    /// <summary>What a query asks of the list; its problems are told before anything is read.</summary>
    internal PayoutFilter Filter(IQueryCollection given, AllowedConnections allowed) => new(given, installation.RecipientKey, allowed, clock.GetUtcNow());

    /// <summary>The page that the filter names.</summary>
    internal async Task<PayoutPage> PageAsync(PayoutFilter filter, CancellationToken cancellation)
    {
        // One more than asked for tells whether there is a next page.
        var rows = await ReadAsync(filter, filter.After, filter.Limit + 1, cancellation);
        var items = rows.Take(filter.Limit).Select(Answer).ToList();
        return new PayoutPage(items, rows.Count > filter.Limit ? CursorAfter(filter, rows[filter.Limit - 1]).Text : null);
    }

    internal PayoutAnswer Answer(KeptPayout kept) => PayoutAnswer.Of(kept, installation);

    internal static Cursor CursorAfter(PayoutFilter filter, KeptPayout last) => filter.CursorAt(last.FirstSeenAt, last.Payout.Id.StreamId);

    internal async Task<List<KeptPayout>> ReadAsync(PayoutFilter filter, Cursor? after, int limit, CancellationToken cancellation)
    {
        using var turn = await turns.TakeAsync(cancellation);
        await using var command = database.CreateCommand();
        var page = filter.AddPageTo(command.Parameters, book.Position, after, limit);
        command.CommandText = Sql(filter.Payouts, page);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = new List<KeptPayout>();
        while (await rows.ReadAsync(cancellation)) found.Add(KeptPayout.Of(rows));
        return found;
    }

    internal static string Sql(PayoutConditions payouts, PageBound page) =>
        payouts.NamesStandings && !payouts.IsLookup ? ByStandings(payouts, page) : ByRows(payouts, page);

    // Served by payouts_by_first_seen, which has this order, or by the index of what is looked up: see PayoutConditions.
    private static string ByRows(PayoutConditions payouts, PageBound page) => $"""
        select {KeptPayout.Columns} from reconciler.payouts where {payouts.OnPayouts(page)} {page.Order()}
        """;

    // The standings have the indexes (payout_standings_by_status, _by_connection, _by_provider, _not_final, _with_cases, _by_amount);
    // what changed since the book was kept is read from its own row. Of either no more than a page: the first of both together are in it.
    private static string ByStandings(PayoutConditions payouts, PageBound page) => $"""
        {Touched.Cte}
        select {KeptPayout.Columns} from reconciler.payouts where stream_id = any(array(
            (select stream_id from reconciler.payout_standings as standing
                where {payouts.OnStandings(page)} and {Touched.Not("standing")} {page.Order()})
            union all
            (select stream_id from reconciler.payouts
                where {payouts.OnPayouts(page)} and stream_id in (select stream_id from touched) {page.Order()})))
        {page.Order()}
        """;
}
