using System.Data;
using Npgsql;
using Reconciler.Bookkeeping;

namespace Reconciler.Verifying;

/// <summary>
/// Reads the whole database, page by page in bounded memory, and tells what is not as it must be: streams and feed dense, each payout's
/// row the fold of its stream, each case as the stream says, the book as the feed says. It changes nothing but to bring the book up to
/// date, and may run while the service does: each page is one snapshot, so that none holds back the vacuum for long.
/// </summary>
public sealed class Verification(NpgsqlDataSource database, TimeProvider clock)
{
    private const int StuckPassesMax = 3;

    // While one of them folds, the database reads for the others.
    private const int PayoutLanes = 2;

    // Whatever the tables' statistics say: a page is a few thousand rows by their indexes, never a whole table.
    private const string ByIndexes = """
        set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off; set local enable_bitmapscan = off
        """;

    private readonly Book book = new(database, clock);

    /// <param name="tell">Gets the first thousand findings as they come.</param>
    /// <param name="progress">Gets a line now and then.</param>
    /// <returns>How many findings there are.</returns>
    public async Task<long> RunAsync(Action<Finding> tell, Action<string> progress, CancellationToken cancellation)
    {
        var findings = new Findings(tell);
        await CatchUpAsync(findings, progress, cancellation);
        await PagesAsync(findings, await VerifyProgress.BeginAsync(database, clock, progress, cancellation), cancellation);
        progress("What has no payout.");
        await OrphansAsync(findings, cancellation);
        progress("The book's sums.");
        await BookSums.CheckAsync(database, findings, cancellation);
        progress("Closed periods.");
        await FrozenPeriods.CheckAsync(database, book, clock, findings, cancellation);
        return findings.Count;
    }

    // Where the feed's head lies beyond its last change, the book never gets there: that is told, and the rest is checked.
    private async Task CatchUpAsync(Findings findings, Action<string> progress, CancellationToken cancellation)
    {
        var passes = 0;
        for (BookState? before = null, state = null; state is not { IsWhole: true }; before = state ?? before)
        {
            state = await book.KeepAsync(seal: null, cancellation);
            progress($"The book is brought up to date: position {book.Position}.");
            if (state is { IsWhole: false } && before?.Position == state.Position && ++passes > StuckPassesMax)
            {
                findings.Add("feed", $"position {state.Position + 1}", "the feed's head lies beyond it, and there is no such change");
                return;
            }
        }
    }

    private async Task PagesAsync(Findings findings, VerifyProgress progress, CancellationToken cancellation)
    {
        using var pages = new PayoutPages();
        using var fault = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAll([FeedLaneAsync(), .. Enumerable.Range(0, PayoutLanes).Select(_ => PayoutLaneAsync())]);

        Task PayoutLaneAsync() => LaneAsync(async connection =>
        {
            var ids = await pages.NextAsync(connection, fault.Token);
            await CheckAsync(connection, ids, findings, fault.Token);
            if (ids.Length > 0) progress.Payouts(ids.Length);
            return ids.Length > 0;
        });

        async Task FeedLaneAsync()
        {
            var feed = new FeedWalk(findings);
            await LaneAsync(async connection =>
            {
                var more = await feed.NextAsync(connection, fault.Token);
                progress.Feed(feed.Position);
                return more;
            });
        }

        async Task LaneAsync(Func<NpgsqlConnection, Task<bool>> nextAsync)
        {
            // Not on the thread of whoever begins the lanes: each has its own work to do between the answers.
            await Task.Yield();
            try
            {
                await using var connection = await database.OpenConnectionAsync(fault.Token);
                for (var more = true; more;)
                {
                    await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, fault.Token);
                    await using (var plans = new NpgsqlCommand(ByIndexes, connection)) await plans.ExecuteNonQueryAsync(fault.Token);
                    more = await nextAsync(connection);
                }
            }
            catch
            {
                await fault.CancelAsync();
                throw;
            }
        }
    }

    private async Task OrphansAsync(Findings findings, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        await CheckAsync(connection, await PayoutPages.OrphansAsync(connection, cancellation), findings, cancellation);
    }

    private static async Task CheckAsync(NpgsqlConnection connection, string[] ids, Findings findings, CancellationToken cancellation)
    {
        if (ids.Length == 0) return;
        var page = await StreamPage.ReadAsync(connection, ids, cancellation);
        for (var place = 0; place < ids.Length; place++) StreamCheck.Of(page, place, findings);
    }
}
